//! Everything that is not a field.

use leptos::prelude::*;

use super::{screens, section};
use crate::avatar::{Avatar, AvatarSize};
use crate::badge::{Badge, PriorityBadge, StatusBadge, Urgency};
use crate::banner::{Banner, WarningCallout};
use crate::button::{Button, ButtonKind, ButtonSize};
use crate::chart::{Bar, BarChart, LineChart, Series};
use crate::dialog::{Dialog, Drawer};
use crate::empty::{Drawing, EmptyState};
use crate::help::{KeyboardHelp, ShortcutGroup};
use crate::icon::{Icon, IconName};
use crate::menu::{Menu, MenuButton, MenuDivider, MenuLink};
use crate::page::{Card, PageHeader};
use crate::palette::CommandPalette;
use crate::photos::PhotoGrid;
use crate::progress::{NextStepBar, Step, StepState, Stepper};
use crate::question::{NextSteps, Panel};
use crate::skeleton::{Skeleton, SkeletonShape};
use crate::stat::{StatCard, StatRow};
use crate::summary_list::{FactList, SummaryList, SummaryRow};
use crate::table::{DataTable, FilterBar, FilterChip, FilterSearch, Pager, Pagination};
use crate::tabs::{Switch, Tab, Tabs};
use crate::theme::ThemeToggle;
use crate::timeline::Timeline;
use crate::toast::{Toast, ToastRegion, provide_toasts};
use crate::tone::Tone;

const TONES: [Tone; 6] = [Tone::Grey, Tone::Red, Tone::Amber, Tone::Blue, Tone::Green, Tone::Violet];

pub(super) fn all() -> AnyView {
    [
        colours(),
        typography(),
        buttons(),
        badges(),
        banners(),
        navigation(),
        tables(),
        overlays(),
        figures(),
        progress(),
        facts(),
        history(),
        nothing(),
        icons(),
    ]
    .into_iter()
    .collect_view()
    .into_any()
}

fn colours() -> AnyView {
    let swatches = TONES
        .map(|tone| view! { <div class=format!("gallery__swatch {}", tone.class())><Icon name=tone.icon() class="icon-tone"/>{tone.suffix()}</div> })
        .collect_view();
    section("Colour and theme", view! { <div class="gallery__swatches">{swatches}</div> <div><ThemeToggle/></div> })
}

fn typography() -> AnyView {
    section(
        "Type",
        view! {
            <div class="stack stack--tight">
                <p class="heading-xl">"We have got it"</p>
                <p class="heading-l">"What is the problem?"</p>
                <p class="heading-m">"Boiler shows F1, no hot water"</p>
                <p class="heading-s">"Facts about the home"</p>
                <p>"Body: the plumber rings 30 minutes before. "<a href="#main">"Change the visit"</a></p>
                <p class="muted">"Muted: reported by phone, Tue 24 Nov, 14:05"</p>
                <p class="caption">"Caption: 3 days old"</p>
                <p class="num">"0123456789 £1,112.40 £911.04"</p>
            </div>
        },
    )
}

fn buttons() -> AnyView {
    let kinds = |size: ButtonSize| {
        view! {
            <div class="cluster">
                <Button size kind=ButtonKind::Primary>"Approve £312.40"</Button>
                <Button size>"Assign"</Button>
                <Button size kind=ButtonKind::Quiet>"Cancel"</Button>
                <Button size kind=ButtonKind::Danger icon=IconName::Trash2>"Delete draft"</Button>
                <Button size icon=IconName::Plus href="#main">"New ticket"</Button>
                <Button size icon=IconName::Ellipsis icon_only="More"/>
                <Button size kind=ButtonKind::Primary busy=true>"Saving"</Button>
                <Button size disabled=true>"Not yet"</Button>
            </div>
        }
    };
    section(
        "Buttons",
        view! {
            {kinds(ButtonSize::Small)}
            {kinds(ButtonSize::Medium)}
            {kinds(ButtonSize::Large)}
            <div class="audience-tenant">{kinds(ButtonSize::Medium)}</div>
        },
    )
}

fn badges() -> AnyView {
    section(
        "Badges and people",
        view! {
            <div class="cluster">
                <PriorityBadge urgency=Urgency::Emergency/>
                <PriorityBadge urgency=Urgency::Urgent/>
                <PriorityBadge urgency=Urgency::Routine/>
                <PriorityBadge urgency=Urgency::Urgent plain=true/>
                <PriorityBadge urgency=Urgency::Routine plain=true/>
            </div>
            <div class="cluster">
                <StatusBadge label="New" tone=Tone::Amber/>
                <StatusBadge label="Triaged" tone=Tone::Blue icon=IconName::CircleDashed/>
                <StatusBadge label="In progress" tone=Tone::Blue/>
                <StatusBadge label="Completed" tone=Tone::Green/>
                <StatusBadge label="Cancelled"/>
                <StatusBadge label="Paused" tone=Tone::Violet/>
                <StatusBadge label="In progress" tone=Tone::Blue plain=true/>
                <Badge label="Draft"/>
                <Badge label="Damp and mould" tone=Tone::Violet icon=IconName::Tag/>
            </div>
            <div class="cluster">
                {["Olive Okafor", "Tom Hughes", "Priya Natarajan", "Jan Kowalski", "Mei Chen", "Sam Boyle"].map(|name| view! { <Avatar name/> }).collect_view()}
                {["Olive Okafor", "Tom Hughes", "Priya Natarajan"].map(|name| view! { <Avatar name size=AvatarSize::Medium/> }).collect_view()}
                <Avatar name="Mei Chen" size=AvatarSize::Large named=true/>
            </div>
            <div class="audience-tenant cluster">
                <StatusBadge label="We are looking for a plumber" tone=Tone::Blue/>
                <StatusBadge label="Fixed" tone=Tone::Green/>
            </div>
        },
    )
}

fn banners() -> AnyView {
    section(
        "Messages",
        view! {
            <Banner title="This report may be a duplicate" actions=|| view! { <a href="#main">"Compare with PM-4790"</a> }>
                <p>"Somebody in the same building reported water through the ceiling yesterday."</p>
            </Banner>
            <Banner tone=Tone::Green><p>"Saved. The tenant gets an e-mail."</p></Banner>
            <Banner tone=Tone::Amber title="Gas Safe certificate ends on Sun 29 Nov"><p>"Brookline Heating cannot take gas work after that day."</p></Banner>
            <Banner tone=Tone::Red title="Not saved" urgent=true><p>"Priya changed this ticket while you were writing. Your words are kept below."</p></Banner>
            <div class="audience-tenant gallery__audience stack">
                <WarningCallout title="Leave the house now">
                    <p>"Do not use switches or flames. Call the gas emergency line from outside: "<a class="medium nowrap" href="tel:0800111999">"0800 111 999"</a>"."</p>
                </WarningCallout>
                <Banner><p>"You can stop here. We keep your answers for 30 days."</p></Banner>
                <Panel title="We have got it" reference="PM-4812"><p>"We sent the details to aisha@example.com."</p></Panel>
            </div>
        },
    )
}

fn navigation() -> AnyView {
    let tabs = || {
        vec![
            Tab::new("All", "#main").count("213").current(true),
            Tab::new("Awaiting triage", "#main").count("6"),
            Tab::new("Mine", "#main").count("12"),
        ]
    };
    section(
        "Navigation",
        view! {
            <PageHeader
                title="Boiler shows F1, no hot water"
                overline="PM-4812"
                lede="Flat 3, 18 Cardigan Road, Leeds LS6 3AG"
                trail=vec![("Tickets".to_owned(), "#main".to_owned()), ("Awaiting triage".to_owned(), "#main".to_owned())]
                badges=|| view! { <PriorityBadge urgency=Urgency::Urgent/> <StatusBadge label="New" tone=Tone::Amber/> }
                actions=|| view! { <Button icon=IconName::MessageSquare>"Note"</Button> <Button kind=ButtonKind::Primary>"Assign"</Button> }
            />
            <Tabs label="Views" tabs=tabs()/>
            <Switch label="Show as" tabs=vec![Tab::new("List", "#main").icon(IconName::LayoutList).current(true), Tab::new("Board", "#main").icon(IconName::Columns3)]/>
            <FilterBar action="#main" end=|| view! { <Button kind=ButtonKind::Quiet icon=IconName::Download>"Export"</Button> }>
                <FilterSearch label="Reference, surname, postcode, phone"/>
                <FilterChip label="Priority" value="Urgent" href="#main" on=true/>
                <FilterChip label="Assignee" href="#main"/>
            </FilterBar>
            <Pager showing="51–100 of 213" first="#main" previous="#main" next="#main"/>
            <Pagination current=5 last=9 href="#page-"/>
        },
    )
}

fn tables() -> AnyView {
    section(
        "Table",
        view! {
            <Card flush=true>
                <DataTable caption="Tickets" columns=screens::ticket_columns() selectable=true>{screens::ticket_rows(4)}</DataTable>
            </Card>
        },
    )
}

fn overlays() -> AnyView {
    let toasts = provide_toasts(Some(Toast::done("PM-4812 is assigned to Brookline Heating").link("View", "#main")));
    let groups = vec![
        ShortcutGroup::new("Everywhere", vec![("Ctrl K", "Search, or go to a page"), ("/", "Search the list"), ("?", "This help")]),
        ShortcutGroup::new("Lists", vec![("j", "Next row"), ("k", "Row before"), ("Enter", "Open"), ("x", "Select"), ("c", "New ticket")]),
    ];
    section(
        "Menus and dialogs",
        view! {
            <div class="cluster">
                <Menu id="gallery-menu" label="Actions">
                    <MenuLink href="#main" icon=IconName::Pencil keys="e">"Edit"</MenuLink>
                    <MenuLink href="#main" icon=IconName::Copy>"Copy link"</MenuLink>
                    <MenuDivider/>
                    <MenuButton icon=IconName::CircleX danger=true dialog="gallery-dialog">"Cancel ticket"</MenuButton>
                </Menu>
                <Menu id="gallery-more" label="More" icon_only=true kind=ButtonKind::Quiet>
                    <MenuLink href="#main" icon=IconName::Printer>"Print"</MenuLink>
                </Menu>
                <Button dialog="gallery-dialog">"Open dialog"</Button>
                <Button dialog="gallery-drawer">"Open drawer"</Button>
                <Button dialog="palette" icon=IconName::Command>"Palette"</Button>
                <Button dialog="keyboard-help" icon=IconName::Keyboard>"Shortcuts"</Button>
            </div>
            <Dialog
                id="gallery-dialog"
                title="Cancel PM-4812?"
                text="The tenant is told, and the visit on Tuesday is taken back."
                actions=|| view! { <form method="dialog" class="cluster"><Button>"Keep it"</Button><Button kind=ButtonKind::Danger>"Cancel ticket"</Button></form> }
            />
            <Drawer id="gallery-drawer" title="Visit on Tue 24 Nov" text="08:00 to 12:00, Brookline Heating">
                <FactList facts=screens::facts()/>
            </Drawer>
            <CommandPalette items=screens::palette_items() search_href="#q="/>
            <KeyboardHelp groups/>
            <ToastRegion toasts/>
        },
    )
}

fn figures() -> AnyView {
    section(
        "Figures",
        view! {
            {stats()}
            <div class="gallery__split">
                <Card><BarChart title="Open by trade" bars=vec![
                    Bar::new("Plumbing", 64.0),
                    Bar::new("Electrical", 31.0),
                    Bar::new("Damp and mould", 18.0).tone(Tone::Violet),
                    Bar::new("Locks and doors", 9.0),
                ]/></Card>
                <Card>{weekly()}</Card>
            </div>
        },
    )
}

pub(super) fn stats() -> AnyView {
    view! {
        <StatRow>
            <StatCard label="Emergencies open" value="2" note="Oldest 48 minutes" tone=Tone::Red icon=IconName::Siren href="#main"/>
            <StatCard label="Awaiting triage" value="6" note="Oldest 3 hours" tone=Tone::Amber icon=IconName::Inbox href="#main"/>
            <StatCard label="Open repairs" value="213" note="8 fewer than last week" trend=vec![240.0, 236.0, 244.0, 231.0, 228.0, 221.0, 213.0] href="#main"/>
            <StatCard label="Within target" value="94%" note="2 points better" tone=Tone::Green trend=vec![88.0, 90.0, 89.0, 91.0, 92.0, 92.0, 94.0]/>
        </StatRow>
    }
    .into_any()
}

pub(super) fn weekly() -> AnyView {
    let labels = ["7 Sep", "14 Sep", "21 Sep", "28 Sep", "5 Oct", "12 Oct", "19 Oct", "26 Oct", "2 Nov", "9 Nov", "16 Nov"]
        .map(str::to_owned)
        .into();
    let series = vec![
        Series::new("Reported", vec![41.0, 38.0, 52.0, 47.0, 60.0, 58.0, 66.0, 71.0, 64.0, 69.0, 62.0]),
        Series::new("Completed", vec![36.0, 42.0, 44.0, 50.0, 49.0, 61.0, 59.0, 63.0, 70.0, 72.0, 70.0]),
    ];
    view! { <LineChart title="Reported and completed by week" labels series/> }.into_any()
}

fn progress() -> AnyView {
    section(
        "Progress",
        view! {
            <NextStepBar title="Triage this report" text="Our target: by 17:00 today" actions=|| view! { <Button kind=ButtonKind::Primary>"Triage"</Button> }/>
            <NextStepBar title="Waiting for Brookline Heating to accept" text="Offered 2 hours ago; expires tomorrow at 09:00" waiting=true actions=|| view! { <Button>"Offer to another"</Button> }/>
            <div class="audience-tenant stack">
                <Stepper label="Your repair" steps=vec![
                    Step::new(StepState::Done, "Reported").note("Mon 23 Nov"),
                    Step::new(StepState::Done, "Plumber found").note("Mon 23 Nov"),
                    Step::new(StepState::Now, "Visit booked").note("Tue 24 Nov, 08:00 to 12:00"),
                    Step::new(StepState::Later, "Fixed"),
                ]/>
                <NextSteps steps=vec![
                    ("We read your report".to_owned(), "Today, by 17:00".to_owned()),
                    ("Somebody looks at it".to_owned(), "Our target: by Tuesday 24 November".to_owned()),
                ]/>
            </div>
        },
    )
}

fn facts() -> AnyView {
    section(
        "Facts",
        view! {
            <div class="gallery__split">
                <Card title="Home"><FactList facts=screens::facts()/></Card>
                <Card title="Photos"><PhotoGrid photos=screens::photos()/></Card>
            </div>
            <div class="audience-tenant gallery__audience">
                <SummaryList rows=vec![
                    SummaryRow::new("Where is it?", "Bathroom").change("#main", "where the problem is"),
                    SummaryRow::new("Phone", "07700 900 123").change("#main", "your phone number"),
                ]/>
            </div>
        },
    )
}

fn history() -> AnyView {
    section("Timeline", view! { <Card><Timeline days=screens::days()/></Card> })
}

fn nothing() -> AnyView {
    let empty = [
        (Drawing::Tray, "Nothing to triage", "Every report has somebody's name on it."),
        (Drawing::Search, "No ticket matches", "Try a surname, a postcode, or fewer filters."),
        (Drawing::House, "No properties yet", "Add one, or import a list as CSV."),
        (Drawing::Calendar, "No visits this week", "Visits appear once a contractor accepts."),
        (Drawing::Plug, "We could not load this", "Nothing is lost. Try again in a moment."),
        (Drawing::Photo, "No photos", "The tenant was asked for some."),
    ]
    .map(|(drawing, title, text)| view! { <Card><EmptyState drawing title text compact=true action=|| view! { <Button size=ButtonSize::Small>"Do something"</Button> }/></Card> })
    .collect_view();
    section(
        "Nothing, and not yet",
        view! {
            <div class="columns">{empty}</div>
            <div class="gallery__split">
                <Card><Skeleton/></Card>
                <Card flush=true><Skeleton shape=SkeletonShape::Rows/></Card>
            </div>
        },
    )
}

fn icons() -> AnyView {
    let icons = IconName::ALL.iter().map(|name| view! { <div class="gallery__icon"><Icon name=*name/>{name.id()}</div> }).collect_view();
    section("Icons", view! { <div class="gallery__icons">{icons}</div> })
}
