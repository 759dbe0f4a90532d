//! Cookies, privacy, accessibility: what is true of this software. An organisation's own notices are its own.

use leptos::prelude::*;

use crate::frame::Message;

#[component]
pub fn CookiesPage() -> impl IntoView {
    view! {
        <Message title="Cookies">
            <p>"We set only cookies without which the service does not work. There are none for advertising, none for statistics, and none from anybody else, so there is nothing to accept or refuse."</p>
            <ul>
                <li><strong>"__Host-fettle"</strong>": keeps you logged in. It ends when you log out, or after 14 days without a visit."</li>
                <li><strong>"__Host-fettle-step"</strong>": carries you from one step of logging in to the next. It lasts ten minutes at most."</li>
                <li><strong>"theme"</strong>": remembers whether you chose light or dark. It lasts a year, and is set only when you choose."</li>
                <li>"While you report a repair without logging in, one more keeps your answers together until you have sent them, for at most 30 days."</li>
            </ul>
        </Message>
    }
}

#[component]
pub fn PrivacyPage() -> impl IntoView {
    view! {
        <Message title="Privacy">
            <p>"Your landlord or letting agent decides why and how your personal data are used here: they are the controller. This service keeps the data for them and does with them only what they ask."</p>
            <h2 class="heading-m">"What is kept"</h2>
            <ul>
                <li>"Your name and how to reach you, and the home you rent, own or work at."</li>
                <li>"Repairs: what was reported, photos, notes, appointments, and who did what and when."</li>
                <li>"What you tell us about your health or needs, so that nobody overlooks it. It makes a repair more urgent, never less."</li>
                <li>"When and from which address you logged in, to keep your account safe."</li>
            </ul>
            <p>"The place where a photo was taken is removed from it when it arrives."</p>
            <h2 class="heading-m">"Who sees it"</h2>
            <p>"The staff of your landlord who work on repairs, and the contractor who comes to you sees what the visit needs. People who share your tenancy see the home's repairs; nobody else does."</p>
            <h2 class="heading-m">"How long"</h2>
            <p>"As long as the law or a possible claim about a repair requires, usually six years after you moved out. Then names and contact details are erased; the record of the building stays without them."</p>
            <h2 class="heading-m">"Your rights"</h2>
            <p>"You may ask your landlord for a copy of your data, for a correction, or for erasure. If you are not content with the answer, complain to the Information Commissioner's Office at ico.org.uk or on 0303 123 1113."</p>
        </Message>
    }
}

#[component]
pub fn AccessibilityPage() -> impl IntoView {
    view! {
        <Message title="Accessibility">
            <p>"Everybody should be able to report a repair. We build to the Web Content Accessibility Guidelines 2.2, level AA."</p>
            <ul>
                <li>"Every page for tenants, and this account, works with a keyboard, with a screen reader, zoomed to 400 %, and without JavaScript."</li>
                <li>"Colour never stands alone: every state has words and a sign."</li>
                <li>"Nothing flashes, nothing moves when your device asks for less motion, and no form is lost because you took your time."</li>
                <li>"The drawings of the repair form all have words beside them."</li>
            </ul>
            <p>"The staff console needs JavaScript. Its single-key shortcuts can be switched off, and whatever can be dragged can also be clicked."</p>
            <p>"If something does not work for you, tell your landlord, by telephone if you like: a repair can always be reported by telephone. They can also switch on large print for your letters. If the answer does not help, contact the Equality Advisory and Support Service on 0808 800 0082."</p>
        </Message>
    }
}
