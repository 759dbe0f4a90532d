//! Whole screens, with data that could be real.

use leptos::prelude::*;

use super::parts;
use crate::avatar::Avatar;
use crate::badge::{PriorityBadge, StatusBadge, Urgency};
use crate::banner::{Banner, Details};
use crate::board::{Board, BoardCard, BoardColumn};
use crate::button::{Button, ButtonGroup, ButtonKind};
use crate::chart::{Bar, BarChart};
use crate::choices::{Choice, Radios, Tiles};
use crate::field::LabelSize;
use crate::icon::{Icon, IconName};
use crate::inputs::Textarea;
use crate::list_detail::{DetailPanel, ListDetail};
use crate::menu::{Menu, MenuButton, MenuDivider, MenuLink};
use crate::page::{Card, PageHeader};
use crate::palette::{CommandPalette, PaletteItem};
use crate::photos::{Photo, PhotoGrid};
use crate::progress::{NextStepBar, Step, StepState, Stepper};
use crate::question::{NextSteps, Panel, QuestionPage};
use crate::shell::{NavItem, NavSection, StaffShell, TenantShell};
use crate::summary_list::{FactList, SummaryList, SummaryRow};
use crate::table::{Column, DataTable, FilterBar, FilterChip, FilterSearch, Pager, Row, RowLink, Sort};
use crate::tabs::{Switch, Tab, Tabs};
use crate::timeline::{Timeline, TimelineDay, TimelineItem};
use crate::tone::Tone;

struct Sample {
    reference: &'static str,
    title: &'static str,
    place: &'static str,
    urgency: Urgency,
    status: (&'static str, Tone, IconName),
    assignee: &'static str,
    target: (&'static str, bool),
    age: &'static str,
}

const NEW: (&str, Tone, IconName) = ("New", Tone::Amber, IconName::CircleDot);
const TRIAGED: (&str, Tone, IconName) = ("Triaged", Tone::Grey, IconName::CircleDashed);
const ASSIGNED: (&str, Tone, IconName) = ("Assigned", Tone::Blue, IconName::CircleDashed);
const IN_PROGRESS: (&str, Tone, IconName) = ("In progress", Tone::Blue, IconName::CirclePlay);
const COMPLETED: (&str, Tone, IconName) = ("Completed", Tone::Green, IconName::CircleCheck);

#[rustfmt::skip]
const SAMPLES: &[Sample] = &[
    Sample { reference: "PM-4815", title: "Water coming through the bedroom ceiling", place: "Flat 12, Wade House, LS2", urgency: Urgency::Emergency, status: ASSIGNED, assignee: "Olive Okafor", target: ("Today, 16:40", false), age: "48 min" },
    Sample { reference: "PM-4812", title: "Boiler shows F1, no hot water", place: "Flat 3, 18 Cardigan Road, LS6", urgency: Urgency::Urgent, status: NEW, assignee: "", target: ("Today, 17:00", false), age: "3 h" },
    Sample { reference: "PM-4809", title: "Black mould behind the wardrobe, child under 5", place: "7 Beckett Street, LS9", urgency: Urgency::Urgent, status: TRIAGED, assignee: "Priya Natarajan", target: ("Wed 25 Nov", false), age: "1 day" },
    Sample { reference: "PM-4806", title: "Front door lock sticks, key bends", place: "22 Hessle Terrace, LS6", urgency: Urgency::Urgent, status: NEW, assignee: "", target: ("Today, 17:00", false), age: "5 h" },
    Sample { reference: "PM-4801", title: "Communal lights out on second floor", place: "Wade House (block), LS2", urgency: Urgency::Urgent, status: IN_PROGRESS, assignee: "Tom Hughes", target: ("Mon 23 Nov", true), age: "4 days" },
    Sample { reference: "PM-4798", title: "Extractor fan does not switch off", place: "Flat 1, 5 Moorland Avenue, LS6", urgency: Urgency::Routine, status: ASSIGNED, assignee: "Tom Hughes", target: ("Fri 11 Dec", false), age: "4 days" },
    Sample { reference: "PM-4795", title: "Kitchen tap drips", place: "14 Autumn Place, LS6", urgency: Urgency::Routine, status: IN_PROGRESS, assignee: "Mei Chen", target: ("Thu 10 Dec", false), age: "5 days" },
    Sample { reference: "PM-4790", title: "Gutter overflows above the back door", place: "31 Kelso Road, LS2", urgency: Urgency::Routine, status: ASSIGNED, assignee: "Priya Natarajan", target: ("Wed 9 Dec", false), age: "6 days" },
    Sample { reference: "PM-4788", title: "Radiator in the hall stays cold", place: "Flat 3, 18 Cardigan Road, LS6", urgency: Urgency::Routine, status: TRIAGED, assignee: "", target: ("Tue 8 Dec", false), age: "6 days" },
    Sample { reference: "PM-4781", title: "Window will not close in the small bedroom", place: "40 Harold Grove, LS6", urgency: Urgency::Routine, status: IN_PROGRESS, assignee: "Olive Okafor", target: ("Fri 20 Nov", true), age: "12 days" },
    Sample { reference: "PM-4777", title: "Wasps’ nest under the eaves", place: "9 Brudenell View, LS6", urgency: Urgency::Routine, status: COMPLETED, assignee: "Mei Chen", target: ("Wed 2 Dec", false), age: "13 days" },
    Sample { reference: "PM-4774", title: "Washing machine leaks when it spins", place: "Flat 9, Wade House, LS2", urgency: Urgency::Routine, status: ASSIGNED, assignee: "Tom Hughes", target: ("Tue 1 Dec", false), age: "14 days" },
    Sample { reference: "PM-4770", title: "Loose stair carpet on the first landing", place: "16 Ebor Mount, LS6", urgency: Urgency::Routine, status: IN_PROGRESS, assignee: "Priya Natarajan", target: ("Mon 30 Nov", false), age: "15 days" },
    Sample { reference: "PM-4766", title: "Toilet keeps running after a flush", place: "3 Quarry Street, LS6", urgency: Urgency::Routine, status: COMPLETED, assignee: "Mei Chen", target: ("Fri 27 Nov", false), age: "16 days" },
    Sample { reference: "PM-4763", title: "Socket in the living room is cracked", place: "27 Welton Road, LS6", urgency: Urgency::Urgent, status: IN_PROGRESS, assignee: "Olive Okafor", target: ("Thu 26 Nov", false), age: "2 days" },
    Sample { reference: "PM-4760", title: "Garden fence blown over", place: "8 Norwood Terrace, LS6", urgency: Urgency::Routine, status: TRIAGED, assignee: "", target: ("Wed 16 Dec", false), age: "17 days" },
    Sample { reference: "PM-4755", title: "Smoke alarm beeps every minute", place: "Flat 2, 11 Ash Grove, LS6", urgency: Urgency::Urgent, status: COMPLETED, assignee: "Tom Hughes", target: ("Sat 21 Nov", false), age: "3 days" },
    Sample { reference: "PM-4751", title: "Cracked tile by the bath", place: "19 Manor Drive, LS6", urgency: Urgency::Routine, status: ASSIGNED, assignee: "Mei Chen", target: ("Tue 15 Dec", false), age: "18 days" },
    Sample { reference: "PM-4748", title: "Intercom buzzes but does not open", place: "Flat 6, Wade House, LS2", urgency: Urgency::Routine, status: IN_PROGRESS, assignee: "Priya Natarajan", target: ("Mon 14 Dec", false), age: "19 days" },
    Sample { reference: "PM-4744", title: "Slow drain in the shower", place: "2 Chestnut Avenue, LS6", urgency: Urgency::Routine, status: TRIAGED, assignee: "", target: ("Fri 11 Dec", false), age: "19 days" },
];

pub(super) fn ticket_columns() -> Vec<Column> {
    vec![
        Column::new("Priority").sort("#main", Sort::None),
        Column::new("Ref").class("col-md").sort("#main", Sort::None),
        Column::new("Problem").class("col-wide"),
        Column::new("Status").class("col-md"),
        Column::new("Assignee").class("col-lg"),
        Column::new("Target").class("col-md").sort("#main", Sort::Ascending),
        Column::new("Age").right().sort("#main", Sort::None),
    ]
}

pub(super) fn ticket_rows(count: usize) -> AnyView {
    SAMPLES
        .iter()
        .take(count)
        .map(|sample| {
            let (status, tone, icon) = sample.status;
            let (target, late) = sample.target;
            let select = ("ids".to_owned(), sample.reference.to_owned(), sample.reference.to_owned());
            view! {
                <Row select selected=sample.reference == "PM-4812" unread=status == "New">
                    <td><PriorityBadge urgency=sample.urgency plain=true/></td>
                    <td class="ref-cell col-md">{sample.reference}</td>
                    <td class="col-wide"><RowLink href="#main">{sample.title}</RowLink>" "<span class="row-note">{sample.place}</span></td>
                    <td class="col-md"><StatusBadge label=status tone icon plain=true/></td>
                    <td class="col-lg">{person(sample.assignee)}</td>
                    <td class="num col-md" class=("late-cell", late)>{target}{late.then_some(" (late)")}</td>
                    <td class="num-cell muted-cell">{sample.age}</td>
                </Row>
            }
        })
        .collect_view()
        .into_any()
}

fn person(name: &'static str) -> AnyView {
    if name.is_empty() {
        view! { <span class="muted">"Nobody"</span> }.into_any()
    } else {
        view! { <span class="inline-flex items-center gap-1.5"><Avatar name/>{name}</span> }.into_any()
    }
}

pub(super) fn facts() -> Vec<(String, String)> {
    [
        ("Home", "Flat 3, 18 Cardigan Road\nLeeds LS6 3AG"),
        ("Tenant", "Aisha Khan"),
        ("Phone", "07700 900 123"),
        ("Access", "Tenant will be in, mornings"),
        ("At risk", "A child under 5"),
        ("Reported", "Tue 24 Nov, 11:02"),
        ("Boiler", ""),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into()
}

pub(super) fn photos() -> Vec<Photo> {
    [("%23b9c7c4", "%238aa29d"), ("%23d8cfc2", "%23a89a86"), ("%23c3cbd6", "%23919db0")]
        .into_iter()
        .enumerate()
        .map(|(at, (ground, shape))| {
            let picture = format!(
                "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 160 120'%3E%3Crect width='160' height='120' fill='{ground}'/%3E%3Crect x='48' y='22' width='64' height='76' rx='6' fill='{shape}'/%3E%3Ccircle cx='80' cy='72' r='9' fill='{ground}'/%3E%3C/svg%3E"
            );
            Photo::new(picture.clone(), picture, format!("Photo {} from the tenant", at + 1)).caption("Tue 24 Nov, 10:58")
        })
        .collect()
}

pub(super) fn days() -> Vec<TimelineDay> {
    vec![
        TimelineDay::new(
            "Today, Tuesday 24 November",
            vec![
                TimelineItem::internal(
                    "Priya Natarajan",
                    "wrote",
                    view! { <p>"Same fault in March; Brookline replaced the fan. Ask for them again."</p> },
                )
                .at("13:20", "2026-11-24T13:20:00Z"),
                TimelineItem::event("Priya Natarajan", "set the priority to Urgent")
                    .icon(IconName::ChevronsUp, Tone::Amber)
                    .at("13:18", "2026-11-24T13:18:00Z"),
                TimelineItem::event("Fettle", "sent “We have got your report” to Aisha Khan")
                    .icon(IconName::Mail, Tone::Grey)
                    .at("11:02", "2026-11-24T11:02:00Z"),
                TimelineItem::public(
                    "Aisha Khan",
                    "reported",
                    view! { <p>"The boiler shows F1 since this morning. No hot water, radiators are cold. I have a baby at home."</p> },
                )
                .at("11:02", "2026-11-24T11:02:00Z"),
            ],
        ),
        TimelineDay::new(
            "Monday 9 March",
            vec![
                TimelineItem::event("Brookline Heating", "completed PM-3977, “Boiler fan noisy”")
                    .icon(IconName::Check, Tone::Green)
                    .at("15:41", "2026-03-09T15:41:00Z"),
            ],
        ),
    ]
}

pub(super) fn palette_items() -> Vec<PaletteItem> {
    vec![
        PaletteItem::new("Create", IconName::Plus, "New ticket for a caller", "#main").keys("c"),
        PaletteItem::new("Go to", IconName::Inbox, "Awaiting triage", "#main").hint("6 tickets"),
        PaletteItem::new("Go to", IconName::Building2, "Properties", "#main"),
        PaletteItem::new("Go to", IconName::Users, "Contacts", "#main"),
        PaletteItem::new("Recent", IconName::Wrench, "PM-4812 Boiler shows F1, no hot water", "#main").hint("Aisha Khan, LS6 3AG"),
    ]
}

fn staff(current: &'static str, fill: bool, children: impl IntoView + 'static) -> AnyView {
    let item = |icon, label: &'static str| NavItem::new(icon, label, "#main").current(label == current);
    let nav = vec![
        NavSection::new(
            "",
            vec![
                item(IconName::LayoutDashboard, "Dashboard"),
                item(IconName::Inbox, "Triage").count("6"),
                item(IconName::Wrench, "Tickets").count("213"),
                item(IconName::CalendarClock, "Visits"),
            ],
        ),
        NavSection::new(
            "Records",
            vec![
                item(IconName::Building2, "Properties"),
                item(IconName::Key, "Tenancies"),
                item(IconName::Users, "Contacts"),
                item(IconName::HardHat, "Contractors"),
            ],
        ),
        NavSection::new("Organisation", vec![item(IconName::UserPlus, "Team"), item(IconName::Settings, "Settings")]),
    ];
    view! {
        <StaffShell org_name="Aire Valley Homes" user_name="Olive Okafor" user_role="Coordinator" nav fill user_links=vec![("Your account".to_owned(), "#main".to_owned())]>
            {children.into_view()}
        </StaffShell>
        <CommandPalette items=palette_items() search_href="#q="/>
    }
    .into_any()
}

pub(super) fn queue() -> AnyView {
    let panel = || {
        view! {
            <DetailPanel
                title="Boiler shows F1, no hot water"
                overline="PM-4812"
                close_href="#main"
                open_href="#main"
                actions=|| view! { <Button kind=ButtonKind::Primary>"Triage"</Button> <Button>"Assign"</Button> <Menu id="panel-menu" label="More" icon_only=true kind=ButtonKind::Quiet><MenuLink href="#main" icon=IconName::Copy>"Copy link"</MenuLink></Menu> }
            >
                <div class="cluster"><PriorityBadge urgency=Urgency::Urgent/><StatusBadge label="New" tone=Tone::Amber/></div>
                <p>"The boiler shows F1 since this morning. No hot water, radiators are cold. I have a baby at home."</p>
                <FactList facts=facts()/>
                <PhotoGrid photos=photos()/>
                <Timeline days=days().into_iter().take(1).collect()/>
            </DetailPanel>
        }
    };
    staff(
        "Tickets",
        true,
        view! {
            <PageHeader title="Tickets" actions=|| view! {
                <Switch label="Show as" tabs=vec![Tab::new("List", "#main").icon(IconName::LayoutList).current(true), Tab::new("Board", "#main").icon(IconName::Columns3)]/>
                <Button kind=ButtonKind::Primary icon=IconName::Plus href="#main">"New ticket"</Button>
            }/>
            <Tabs label="Views" tabs=vec![
                Tab::new("Open", "#main").count("213").current(true),
                Tab::new("Awaiting triage", "#main").count("6"),
                Tab::new("Mine", "#main").count("12"),
                Tab::new("Late", "#main").count("3"),
                Tab::new("Closed", "#main"),
            ]/>
            <div class="py-3">
                <FilterBar action="#main" end=|| view! { <Button kind=ButtonKind::Quiet icon=IconName::Download>"Export"</Button> }>
                    <FilterSearch label="Reference, surname, postcode, phone"/>
                    <FilterChip label="Trade" value="Plumbing" href="#main" on=true/>
                    <FilterChip label="Priority" href="#main"/>
                    <FilterChip label="Assignee" href="#main"/>
                    <FilterChip label="Area" href="#main"/>
                </FilterBar>
            </div>
            <ListDetail detail=panel>
                <DataTable caption="Open tickets" columns=ticket_columns() selectable=true keyboard=true>{ticket_rows(20)}</DataTable>
                <Pager showing="1–50 of 213" next="#main"/>
            </ListDetail>
        },
    )
}

pub(super) fn case() -> AnyView {
    staff(
        "Tickets",
        false,
        view! {
            <PageHeader
                title="Boiler shows F1, no hot water"
                overline="PM-4812"
                trail=vec![("Tickets".to_owned(), "#main".to_owned()), ("Awaiting triage".to_owned(), "#main".to_owned())]
                badges=|| view! { <PriorityBadge urgency=Urgency::Urgent/> <StatusBadge label="New" tone=Tone::Amber/> }
                actions=|| view! {
                    <Button icon=IconName::Phone href="tel:07700900123">"Call tenant"</Button>
                    <Menu id="case-menu" label="Actions">
                        <MenuLink href="#main" icon=IconName::Pencil>"Edit"</MenuLink>
                        <MenuLink href="#main" icon=IconName::Printer>"Print"</MenuLink>
                        <MenuDivider/>
                        <MenuButton icon=IconName::CircleX danger=true>"Cancel ticket"</MenuButton>
                    </Menu>
                }
            />
            <div class="stack">
                <NextStepBar title="Triage this report" text="Set the priority and choose who does it. Our target: by 17:00 today." actions=|| view! { <Button kind=ButtonKind::Primary>"Triage"</Button> }/>
                <div class="grid gap-4 lg:grid-cols-[18rem_minmax(0,1fr)]">
                    <div class="stack">
                        <Card title="Facts"><FactList facts=facts()/></Card>
                        <Card title="Photos" actions=|| view! { <span class="caption">"3"</span> }><PhotoGrid photos=photos()/></Card>
                    </div>
                    <div class="stack">
                        <Card title="Add a note">
                            <form class="stack">
                                <Textarea name="note" label="Note" label_size=LabelSize::Hidden placeholder="What happened, what was said…" rows=2/>
                                <div class="cluster cluster--between">
                                    <Radios name="who" legend="Who may read it?" label_size=LabelSize::Hidden inline=true value="staff" choices=vec![("staff", "Staff only").into(), ("tenant", "Tenant too").into()]/>
                                    <Button>"Add note"</Button>
                                </div>
                            </form>
                        </Card>
                        <Timeline days=days()/>
                    </div>
                </div>
            </div>
        },
    )
}

pub(super) fn dashboard() -> AnyView {
    let cards = |range: std::ops::Range<usize>| {
        SAMPLES
            .get(range)
            .unwrap_or_default()
            .iter()
            .map(|sample| {
                let (urgency, assignee, age) = (sample.urgency, sample.assignee, sample.age);
                view! {
                    <BoardCard href="#main" title=sample.title overline=sample.reference text=sample.place foot=move || view! { <PriorityBadge urgency/> <span>{age}</span> {(!assignee.is_empty()).then(|| view! { <Avatar name=assignee named=true/> })} }/>
                }
            })
            .collect_view()
    };
    staff(
        "Dashboard",
        false,
        view! {
            <PageHeader title="Good afternoon, Olive" lede="Tuesday 24 November. Six reports wait for triage; the oldest came in at 11:02."/>
            <div class="stack">
                {parts::stats()}
                <div class="grid gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
                    <Card>{parts::weekly()}</Card>
                    <Card><BarChart title="Open by trade" bars=vec![
                        Bar::new("Plumbing and heating", 64.0).href("#main"),
                        Bar::new("Electrical", 31.0).href("#main"),
                        Bar::new("Damp and mould", 18.0).href("#main"),
                        Bar::new("Locks and doors", 9.0).href("#main"),
                        Bar::new("Roofs and gutters", 7.0).href("#main"),
                        Bar::new("Other", 4.0).href("#main"),
                    ]/></Card>
                </div>
                <Board label="Tickets by state">
                    <BoardColumn title="New" count="6" tone=Tone::Amber icon=IconName::CircleDot>{cards(1..4)}</BoardColumn>
                    <BoardColumn title="Assigned" count="41" tone=Tone::Blue icon=IconName::CircleDashed>{cards(5..8)}</BoardColumn>
                    <BoardColumn title="In progress" count="38" tone=Tone::Blue icon=IconName::CirclePlay>{cards(9..11)}</BoardColumn>
                    <BoardColumn title="Completed" count="0" tone=Tone::Green icon=IconName::CircleCheck empty="Nothing waits for the tenant's yes"/>
                </Board>
            </div>
        },
    )
}

fn tenant(children: impl IntoView + 'static) -> AnyView {
    view! {
        <TenantShell
            org_name="Aire Valley Homes"
            emergency_number="0113 496 0000"
            emergency_hours="24 hours a day"
            links=vec![("My repairs".to_owned(), "#main".to_owned()), ("Log out".to_owned(), "#main".to_owned())]
        >
            {children.into_view()}
        </TenantShell>
    }
    .into_any()
}

fn rooms() -> Vec<Choice> {
    vec![
        Choice::new("kitchen", "Kitchen").icon(IconName::CookingPot),
        Choice::new("bathroom", "Bathroom or toilet").icon(IconName::Bath),
        Choice::new("heating", "Heating and hot water").icon(IconName::Thermometer),
        Choice::new("electric", "Lights and sockets").icon(IconName::Plug),
        Choice::new("doors", "Doors, windows, locks").icon(IconName::DoorOpen),
        Choice::new("damp", "Damp or mould").icon(IconName::Droplets),
        Choice::new("outside", "Roof and outside").icon(IconName::House),
        Choice::new("shared", "Shared areas").icon(IconName::Building2),
        Choice::new("other", "Something else").icon(IconName::CircleHelp),
    ]
}

pub(super) fn question() -> AnyView {
    tenant(view! {
        <QuestionPage
            back_href="#main"
            progress="Question 3 of about 7"
            action="#main"
            also=|| view! { <a href="#main">"Save and come back later"</a> }
        >
            <Tiles name="room" legend="Where is the problem?" hint="Choose the nearest. You can say more on the next page." label_size=LabelSize::Page value="heating" choices=rooms()/>
        </QuestionPage>
    })
}

pub(super) fn error() -> AnyView {
    tenant(view! {
        <QuestionPage
            back_href="#main"
            progress="Question 5 of about 7"
            action="#main"
            errors=vec![("start".to_owned(), "Choose when the problem started".to_owned()), ("words".to_owned(), "Say in a few words what is wrong".to_owned())]
        >
            <Radios
                name="start"
                legend="When did the problem start?"
                label_size=LabelSize::Page
                error="Choose when the problem started"
                choices=vec![
                    Choice::new("today", "Today"),
                    Choice::new("week", "In the last 7 days"),
                    Choice::new("longer", "Longer ago").hint("A rough guess is fine."),
                ]
            />
            <Textarea name="words" label="What is wrong?" hint="Say what you see, hear or smell." error="Say in a few words what is wrong" max_chars=500 value="F1"/>
            <Details summary="I need help with this question"><p>"Call us on 0113 496 0000 and we fill it in together."</p></Details>
        </QuestionPage>
    })
}

pub(super) fn check() -> AnyView {
    tenant(view! {
        <QuestionPage back_href="#main" progress="Last page" title="Check your answers" lede="Then we send your report to Aire Valley Homes." action="#main" submit="Send my report">
            <SummaryList rows=vec![
                SummaryRow::new("Where is it?", "Heating and hot water").change("#main", "where the problem is"),
                SummaryRow::new("What is wrong?", "Boiler shows a fault code.\nIt shows F1 since this morning.").change("#main", "what is wrong"),
                SummaryRow::with_view("Photos", view! { <PhotoGrid photos=photos()/> }).change("#main", "photos"),
                SummaryRow::new("When are you in?", "Mornings, not on Thursdays").change("#main", "when you are in"),
                SummaryRow::new("Who lives with you?", "A child under 5").change("#main", "who lives with you"),
                SummaryRow::new("Your phone", "07700 900 123").change("#main", "your phone number"),
            ]/>
            <Banner icon=IconName::ShieldCheck><p>"Only Aire Valley Homes and the person who does the work see this."</p></Banner>
        </QuestionPage>
    })
}

pub(super) fn confirmation() -> AnyView {
    tenant(view! {
        <div class="stack">
            <Panel title="We have got it" reference="PM-4812"><p>"We sent the details to aisha@example.com."</p></Panel>
            <h2>"What happens next"</h2>
            <NextSteps steps=vec![
                ("We read your report".to_owned(), "Today, by 17:00.".to_owned()),
                ("We find a heating engineer".to_owned(), "You choose a morning or an afternoon.".to_owned()),
                ("Somebody looks at it".to_owned(), "Our target: by Tuesday 24 November.".to_owned()),
            ]/>
            <h2>"Your repair now"</h2>
            <Card>
                <Stepper label="Your repair" steps=vec![
                    Step::new(StepState::Done, "Reported").note("Mon 23 Nov"),
                    Step::new(StepState::Now, "We are reading it"),
                    Step::new(StepState::Later, "Visit booked"),
                    Step::new(StepState::Later, "Fixed"),
                ]/>
            </Card>
            <ButtonGroup>
                <Button kind=ButtonKind::Primary href="#main">"See my repairs"</Button>
                <a class="cluster" href="#main"><Icon name=IconName::Plus/>"Report another problem"</a>
            </ButtonGroup>
        </div>
    })
}
