use domain::people::Channel;
use domain::tickets::{LANGUAGES, Preferences};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};
use ui::{Banner, Checkbox, Choice, QuestionPage, Radios, Select, Tone};
use wire::AppError;

use crate::frame::{Frame, Landlord, PageTitle, shown};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    landlord: Landlord,
    wanted: Preferences,
    errors: Vec<(String, String)>,
}

#[server]
pub async fn load_preferences(kept: String) -> Result<Reach, AppError> {
    let cx = gate::tenant().await?;
    let (name, settings) = gate::answer(services::repairs::landlord(&cx).await)?;
    let mut wanted = gate::answer(services::repairs::preferences(&cx).await)?;
    let kept = gate::kept(&kept).await?;
    if let Some(kept) = &kept {
        kept.raw.one("channel").clone_into(&mut wanted.channel);
        kept.raw.one("language").clone_into(&mut wanted.language);
        wanted.large_print = !kept.raw.one("large_print").is_empty();
    }
    let errors = kept.map(|k| k.errors.iter().map(|(f, s)| (f.to_owned(), s.to_owned())).collect()).unwrap_or_default();
    Ok(Reach { landlord: Landlord::new(name, settings, true), wanted, errors })
}

#[component]
pub fn HowToReachMe() -> impl IntoView {
    let (kept, done) = use_query_map().with_untracked(|q| (q.get("kept").unwrap_or_default(), q.get("done").is_some()));
    let data = Resource::new_blocking(move || kept.clone(), load_preferences);
    shown(data, move |page| {
        let Reach { landlord, wanted, errors } = page;
        let wrong = |field: &str| errors.iter().find(|(f, _)| f == field).map(|(_, s)| s.clone()).unwrap_or_default();
        let (bad_channel, bad_language) = (wrong("channel"), wrong("language"));
        let channels = Channel::ALL.iter().map(|c| Choice::new(c.as_str(), c.label())).collect();
        let languages = LANGUAGES.iter().map(|(code, name)| Choice::new(*code, *name)).collect();
        view! {
            <PageTitle title="How we reach you" failed=!errors.is_empty() landlord=landlord.name.clone()/>
            <Frame landlord>
                {done.then(|| view! { <Banner tone=Tone::Green>"Saved."</Banner> })}
                <QuestionPage back_href="/repairs" title="How we reach you" errors=errors.clone() action="/preferences" submit="Save">
                    <input type="hidden" name="version" value=wanted.version.to_string()/>
                    <Radios name="channel" legend="How do you want to hear from us?" choices=channels error=bad_channel value=wanted.channel.clone() label_size=ui::LabelSize::Medium/>
                    <Select name="language" label="The language you prefer" hint="We write in English. This tells us to arrange an interpreter when we talk" choices=languages error=bad_language value=wanted.language.clone()/>
                    <Checkbox name="large_print" label="I need large print" value="yes" checked=wanted.large_print/>
                </QuestionPage>
            </Frame>
        }
        .into_any()
    })
}
