//! Fields in both audiences' sizes.

use leptos::prelude::*;

use super::section;
use crate::banner::Details;
use crate::button::{Button, ButtonGroup, ButtonKind};
use crate::choices::{Checkbox, Checkboxes, Choice, Radios, Tiles};
use crate::date_input::DateInput;
use crate::error_summary::ErrorSummary;
use crate::field::LabelSize;
use crate::file_drop::{FileDrop, UploadRow};
use crate::icon::IconName;
use crate::inputs::{InputWidth, Select, TextInput, Textarea};

/// The fields as one audience sees them; `prefix` keeps the names of the two apart.
pub(super) fn all(audience: &'static str, prefix: &'static str) -> AnyView {
    let name = move |field: &str| format!("{prefix}-{field}");
    let fields = view! {
        <div class=format!("{audience} gallery__audience stack")>
            <ErrorSummary errors=vec![
                (name("postcode"), "Enter a full postcode, like LS6 2AB".to_owned()),
                (name("when"), "Choose when the problem started".to_owned()),
            ]/>
            <TextInput name=name("name") label="Full name" autocomplete="name" value="Aisha Khan" spellcheck=false/>
            <TextInput name=name("postcode") label="Postcode" hint="We use it to find your address." width=InputWidth::W10 value="LS6" error="Enter a full postcode, like LS6 2AB"/>
            <TextInput name=name("limit") label="Spending limit" prefix="£" suffix="per repair" inputmode="decimal" value="250.00" width=InputWidth::W10/>
            <TextInput name=name("find") label="Find an address" kind="search" icon=IconName::Search placeholder="Street or postcode"/>
            <TextInput name=name("ref") label="Reference" value="PM-4812" disabled=true width=InputWidth::W10/>
            <Select name=name("trade") label="Trade" empty="Choose a trade" value="plumbing" choices=vec![("plumbing", "Plumbing and heating").into(), ("electrical", "Electrical").into()] width=InputWidth::W20/>
            <Textarea name=name("words") label="What is wrong?" hint="Say what you see, hear or smell." max_chars=500 optional=true value="The boiler shows F1 and there is no hot water."/>
            <Radios
                name=name("when")
                legend="When did it start?"
                label_size=LabelSize::Medium
                error="Choose when the problem started"
                choices=vec![
                    Choice::new("today", "Today"),
                    Choice::new("week", "In the last 7 days").hint("Count from the first time you noticed it."),
                    Choice::new("longer", "Longer ago"),
                ]
            />
            <Radios
                name=name("access")
                legend="May we let ourselves in?"
                value="yes"
                choices=vec![
                    Choice::new("yes", "Yes, with the key you hold").more(view! { <TextInput name=name("dog") label="Anything we should know?" hint="A dog, a key safe, a side door." optional=true/> }),
                    Choice::new("no", "No, I want to be there"),
                    Choice::new("unsure", "I do not know yet").after("or"),
                ]
            />
            <Radios name=name("hot") legend="Is there hot water?" inline=true value="no" choices=vec![("yes", "Yes").into(), ("no", "No").into()]/>
            <Checkboxes
                name=name("who")
                legend="Who lives there?"
                hint="Choose all that apply."
                values=vec!["baby".to_owned()]
                choices=vec![
                    Choice::new("baby", "A child under 5"),
                    Choice::new("older", "Somebody over 65"),
                    Choice::new("ill", "Somebody who is ill or disabled").hint("For instance somebody who needs power for medical equipment."),
                ]
            />
            <DateInput name=name("born") legend="Date of birth" hint="For example, 31 3 1980" day="31" month="13" year="1980" error="The month must be 1 to 12"/>
            <Tiles
                name=name("room")
                legend="Where is the problem?"
                value="bathroom"
                choices=vec![
                    Choice::new("kitchen", "Kitchen").icon(IconName::CookingPot),
                    Choice::new("bathroom", "Bathroom").icon(IconName::Bath),
                    Choice::new("heating", "Heating and hot water").icon(IconName::Thermometer),
                    Choice::new("outside", "Outside").icon(IconName::Trees),
                ]
            />
            <FileDrop name=name("photos") label="Photos" hint="JPEG, PNG or WebP, up to 10 MB each." multiple=true optional=true/>
            <div>
                <UploadRow name="boiler.jpg" size="2.4 MB" remove="1"/>
                <UploadRow name="under-the-sink.jpg" size="1.1 MB of 3.0 MB" progress=Signal::stored(38)/>
                <UploadRow name="leak.heic" error="This photo is in a format we cannot read. Choose JPEG, PNG or WebP." remove="3"/>
            </div>
            <Checkbox name=name("agree") label="Tell me by e-mail when something changes" checked=true/>
            <Details summary="What we do with your answers"><p>"We use them to send the right person with the right parts."</p></Details>
            <ButtonGroup>
                <Button kind=ButtonKind::Primary>"Continue"</Button>
                <Button>"Save and come back later"</Button>
                <a href="#main">"Cancel"</a>
            </ButtonGroup>
        </div>
    };
    let title = if prefix == "staff" { "Forms, staff" } else { "Forms, tenants" };
    section(title, fields)
}
