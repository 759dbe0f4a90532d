//! The OpenAPI document, made from the same routes that answer.

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, Content, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{PartialSchema as _, ToSchema as _};
use utoipa_axum::router::OpenApiRouter;

use crate::answer::{Code, Problem};
use crate::v1;

/// The document: what every operation takes and answers, and the one form in which all refuse.
pub fn openapi() -> OpenApi {
    let components = ComponentsBuilder::new()
        .security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
        .schema("Problem", Problem::schema())
        .schema(Code::name(), Code::schema())
        .schema("Refusal", refusal())
        .build();
    let info = InfoBuilder::new()
        .title("Fettle")
        .version("1")
        .description(Some(
            "Property maintenance. Every answer is `{data, error, traceId}`. Log in at `/api/v1/auth/login` and send the access token as a bearer token. \
             `Idempotency-Key` and `If-Match` are honoured when sent.",
        ))
        .build();
    let base = OpenApiBuilder::new().info(info).components(Some(components)).build();
    let mut document = OpenApiRouter::with_openapi(base).nest("/api/v1", v1::routes()).into_openapi();
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            let refused = ResponseBuilder::new()
                .description("Refused; `error.code` says why")
                .content("application/json", Content::new(Some(RefOr::<utoipa::openapi::Schema>::Ref(Ref::from_schema_name("Refusal")))))
                .build();
            operation.responses.responses.insert("default".to_owned(), RefOr::T(refused));
        }
    }
    document
}

fn refusal() -> RefOr<utoipa::openapi::Schema> {
    use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
    let null = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null));
    ObjectBuilder::new()
        .property("data", null)
        .required("data")
        .property("error", Ref::from_schema_name("Problem"))
        .required("error")
        .property("traceId", ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)))
        .required("traceId")
        .into()
}
