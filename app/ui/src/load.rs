//! What a page shows, loaded by a server function: [`load`] instead of `Resource::new_blocking`, [`suspended`] instead of `Suspend::new`.
//!
//! A resource of Leptos is compiled anew, some 15 kB of it, for every type it holds and every function that fetches it; then its answer is
//! decoded by one reader when it stands in the page and by another when it is fetched. Here one resource holds whatever it is given, behind a
//! pointer, and one reader decodes it (docs/adr/0007).

use std::any::Any;
use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use serde::{Serialize, de::DeserializeOwned};
use wire::{AppError, ErrorRef};

type Soon<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What a server function answers, once it has, and again when what was asked changes.
pub struct Loaded<T> {
    held: Resource<Held, Json>,
    is: PhantomData<fn() -> T>,
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Loaded<T> {}

/// Loads before the page is sent, and again whenever `asked` answers something else.
pub fn load<S, T, F>(asked: impl Fn() -> S + Send + Sync + 'static, fetch: impl Fn(S) -> F + Send + Sync + 'static) -> Loaded<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    let fetch = Arc::new(fetch);
    let ask = move || {
        let (what, fetch) = (asked(), Arc::clone(&fetch));
        let same_as = what.clone();
        Asked {
            is: Box::new(move |other| other.downcast_ref::<S>().is_some_and(|other| *other == same_as)),
            what: Box::new(what.clone()),
            begin: Box::new(move || {
                let answer = fetch(what.clone());
                Box::pin(async move { Held::new(answer.await) })
            }),
        }
    };
    Loaded { held: resource(Box::new(move || Question(Arc::new(ask())))), is: PhantomData }
}

fn resource(question: Box<dyn Fn() -> Question + Send + Sync>) -> Resource<Held, Json> {
    Resource::new_with_options(question, |question: Question| (question.0.begin)(), true)
}

impl<T: DeserializeOwned + Clone + Send + Sync + 'static> Loaded<T> {
    /// The answer, if it is there; whoever asks hears of the next one.
    pub fn get(&self) -> Option<Result<T, AppError>> {
        self.held.get().map(|held| held.open())
    }
}

impl<T> Loaded<T> {
    /// Asks the same again.
    pub fn refetch(&self) {
        self.held.refetch();
    }
}

impl<T: DeserializeOwned + Clone + Send + Sync + 'static> IntoFuture for Loaded<T> {
    type Output = Result<T, AppError>;
    type IntoFuture = Soon<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let held = self.held.into_future();
        Box::pin(async move { held.await.open() })
    }
}

/// A view that waits for something, inside `<Suspense>` or `<Transition>`.
pub fn suspended(view: impl Future<Output = AnyView> + Send + 'static) -> Suspend<AnyView> {
    Suspend::new(Box::pin(view) as Soon<AnyView>)
}

/// Whether another value is the one this was made for.
type IsSame = Box<dyn Fn(&dyn Any) -> bool + Send + Sync>;

/// What was asked, of whatever type, and how to ask it.
struct Asked {
    what: Box<dyn Any + Send + Sync>,
    is: IsSame,
    begin: Box<dyn Fn() -> Soon<Held> + Send + Sync>,
}

#[derive(Clone)]
struct Question(Arc<Asked>);

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        (self.0.is)(&*other.0.what)
    }
}

/// An answer of whatever type.
#[derive(Clone)]
struct Held(Arc<Answer>);

enum Answer {
    /// As the page came with it; read when it is first asked for.
    Text(String, OnceLock<Box<dyn Any + Send + Sync>>),
    Value {
        value: Box<dyn Any + Send + Sync>,
        /// Only the server writes: the browser's half need not know how.
        #[cfg(not(target_arch = "wasm32"))]
        json: fn(&dyn Any) -> serde_json::Result<String>,
    },
}

impl Held {
    fn new<T: Serialize + Send + Sync + 'static>(answer: Result<T, AppError>) -> Self {
        Self(Arc::new(Answer::Value {
            value: Box::new(answer),
            #[cfg(not(target_arch = "wasm32"))]
            json: |value| serde_json::to_string(&value.downcast_ref::<Result<T, AppError>>()),
        }))
    }

    fn open<T: DeserializeOwned + Clone + Send + Sync + 'static>(&self) -> Result<T, AppError> {
        let value = match &*self.0 {
            Answer::Value { value, .. } => value,
            // By the reader that server functions' answers are decoded with, so that there is one.
            Answer::Text(text, value) => value.get_or_init(|| {
                let read: Result<T, AppError> = serde_json::from_slice(text.as_bytes()).unwrap_or_else(|_| Err(unreadable()));
                Box::new(read)
            }),
        };
        value.downcast_ref::<Result<T, AppError>>().cloned().unwrap_or_else(|| Err(unreadable()))
    }
}

/// The page is older than this script, or newer.
fn unreadable() -> AppError {
    AppError::Internal(ErrorRef("reload".to_owned()))
}

/// How an answer stands in the page.
struct Json;

impl Encoder<Held> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(held: &Held) -> Result<String, serde_json::Error> {
        match &*held.0 {
            Answer::Text(text, _) => Ok(text.clone()),
            #[cfg(not(target_arch = "wasm32"))]
            Answer::Value { value, json } => json(&**value),
            #[cfg(target_arch = "wasm32")]
            Answer::Value { .. } => Ok(String::new()),
        }
    }
}

impl Decoder<Held> for Json {
    type Error = Infallible;
    type Encoded = str;

    fn decode(text: &str) -> Result<Held, Infallible> {
        Ok(Held(Arc::new(Answer::Text(text.to_owned(), OnceLock::new()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_came_with_reads_as_what_the_server_wrote() {
        for answer in [Ok(vec![1_u32, 2]), Err(AppError::NotFound)] {
            let written = Json::encode(&Held::new(answer.clone())).unwrap();
            let arrived = Json::decode(&written).unwrap();
            assert_eq!(arrived.open::<Vec<u32>>(), answer);
            assert_eq!(arrived.open::<Vec<u32>>(), answer, "and again");
        }
    }

    #[test]
    fn a_page_of_another_version_is_an_error_and_no_panic() {
        let arrived = Json::decode("{\"Ok\":\"words\"}").unwrap();
        assert!(matches!(arrived.open::<u32>(), Err(AppError::Internal(_))));
    }

    #[test]
    fn a_question_is_the_same_when_its_words_are() {
        let ask = |words: &'static str| {
            Question(Arc::new(Asked {
                is: Box::new(move |other| other.downcast_ref::<&str>() == Some(&words)),
                what: Box::new(words),
                begin: Box::new(|| Box::pin(async { Held::new(Ok(())) })),
            }))
        };
        assert!(ask("boiler") == ask("boiler"));
        assert!(ask("boiler") != ask("damp"));
    }
}
