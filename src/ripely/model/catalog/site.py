"""What a visitor does on a site or in an application."""

from ripely.model.catalog.standard import Standard

_PAGE = {
    "url": "https://shop.example/bikes?utm_source=news",
    "path": "/bikes",
    "title": "Bikes",
}
_CAMPAIGN = {"referrer": "", "search": "", "utm_source": "news", "utm_campaign": "may"}
_VIDEO = {"title": "How to ride", "position": 90, "total_length": 180}
_FORM = {"form": "callback"}
_CHAT = {"conversation": "k3", "text": "Do you deliver to Lviv?"}

SITE = (
    Standard("page.viewed", "Viewed a page.", {**_PAGE, **_CAMPAIGN}),
    Standard("page.left", "Left a page, after so many seconds, having scrolled so far.", {**_PAGE, "seconds": 42, "scroll": 80}, ("Page Left",)),
    Standard("screen.viewed", "Viewed a screen of an application.", {"name": "Basket", "category": "Shop"}),
    Standard("element.clicked", "Clicked something marked on a page.", {"name": "delivery", "text": "Delivery", "url": ""}, ("Element Clicked", "Button Clicked")),
    Standard("link.clicked", "Followed a link that leads away.", {"url": "https://maps.example", "text": "Find us"}, ("Link Clicked",)),
    Standard("phone.clicked", "Touched a phone number on a page.", {"phone": "+380441234567", "path": "/contacts"}, ("Phone Clicked", "Phone Number Clicked")),
    Standard("file.downloaded", "Downloaded a file.", {"url": "https://shop.example/prices.pdf", "file": "prices.pdf", "extension": "pdf"}, ("File Downloaded",)),
    Standard("search.performed", "Searched the site.", {"query": "winter tyres", "results": 12}, ("Products Searched", "Search Performed", "Site Searched")),
    Standard("content.read", "Read an article to its end.", {"content": "how-to-choose", "category": "Guides", "seconds": 140}, ("Content Read", "Article Read", "Article Completed")),
    Standard("content.shared", "Shared a page or an article.", {"content": "how-to-choose", "share_via": "facebook"}, ("Content Shared", "Article Shared")),
    Standard("comment.posted", "Wrote a comment.", {"content": "how-to-choose", "text": "Thank you!"}, ("Comment Posted",)),
    # Forms and pop-ups.
    Standard("form.viewed", "Saw a form.", _FORM, ("Form Viewed",)),
    Standard("form.started", "Began to fill in a form.", _FORM, ("Form Started",)),
    Standard("form.submitted", "Submitted a form; its fields are properties too.", {**_FORM, "email": "ann@example.org"}, ("Form Submitted",)),
    Standard("form.abandoned", "Began a form and did not send it.", {**_FORM, "field": "phone"}, ("Form Abandoned",), act=False, browser=True),
    Standard("popup.viewed", "Saw a pop-up.", {"popup": "ten-percent"}, ("Popup Viewed", "Pop-up Viewed", "Pop-up Email Viewed")),
    Standard("popup.accepted", "Accepted what a pop-up offered.", {"popup": "ten-percent"}, ("Popup Accepted", "Pop-up Accepted", "Pop-up Email Accepted")),
    Standard("popup.closed", "Closed a pop-up.", {"popup": "ten-percent"}, ("Popup Closed", "Pop-up Closed")),
    Standard("callback.requested", "Asked to be called back.", {"phone": "+380441234567", "topic": "delivery"}, ("Callback Requested",)),
    # Videos and webinars.
    Standard("video.started", "Started a video.", _VIDEO, ("Video Playback Started", "Video Content Started")),
    Standard("video.progressed", "Watched a video so far.", _VIDEO, ("Video Content Playing",)),
    Standard("video.completed", "Watched a video to its end.", _VIDEO, ("Video Playback Completed", "Video Content Completed")),
    Standard("webinar.registered", "Registered for a webinar.", {"webinar": "spring"}, ("Webinar Registered",)),
    Standard("webinar.watched", "Was in a webinar at this minute of it.", {"webinar": "spring", "minute": 10}, ("Webinar Watched",)),
    Standard("webinar.attended", "Attended a webinar for so many minutes.", {"webinar": "spring", "minutes": 35}, ("Webinar Attended",)),
    Standard("webinar.missed", "Registered for a webinar and did not come.", {"webinar": "spring"}, ("Webinar Missed",), act=False),
    # Answers and opinions.
    Standard("quiz.started", "Began a quiz.", {"quiz": "which-bike"}, ("Quiz Started",)),
    Standard("quiz.completed", "Finished a quiz.", {"quiz": "which-bike", "result": "city"}, ("Quiz Completed",)),
    Standard("survey.sent", "Was asked for an opinion.", {"survey": "after-sale"}, ("Survey Sent",), act=False),
    Standard("survey.answered", "Answered a survey.", {"survey": "after-sale", "question": "reason", "answer": "price"}, ("Survey Answered", "Survey Submitted")),
    Standard("rating.given", "Gave a rating, as from 0 to 10 whether they would recommend us.", {"survey": "nps", "rating": 9, "remark": ""}, ("Rating Given", "NPS Submitted")),
    # Accounts and applications.
    Standard("signup.completed", "Opened an account.", {"method": "email"}, ("Signed Up", "Account Created")),
    Standard("login.completed", "Logged in.", {"method": "email"}, ("Signed In", "Logged In")),
    Standard("logout.completed", "Logged out.", {}, ("Signed Out", "Logged Out")),
    Standard("account.closed", "Closed their account.", {"reason": "too dear"}, ("Account Deleted", "Account Closed")),
    Standard("invite.sent", "Invited somebody.", {"email": "bob@example.org"}, ("Invite Sent",)),
    Standard("referral.joined", "Somebody whom they had invited came.", {"email": "bob@example.org"}, ("Referral Joined", "Invite Accepted"), act=False),
    Standard("feature.used", "Used a part of an application.", {"feature": "export"}, ("Feature Used",)),
    Standard("app.installed", "Installed an application.", {"version": "3.1", "os": "Android"}, ("Application Installed",)),
    Standard("app.opened", "Opened an application.", {"version": "3.1", "os": "Android"}, ("Application Opened",)),
    Standard("app.removed", "Removed an application.", {"version": "3.1", "os": "Android"}, ("Application Uninstalled",), act=False, browser=True),
    Standard("chat.started", "Began a chat on the site.", _CHAT, ("Chat Started", "Live Chat Conversation Started")),
    Standard("chat.received", "Wrote in a chat.", _CHAT, ("Live Chat Message Sent",)),
    Standard("chat.ended", "A chat came to its end.", {"conversation": "k3", "messages": 12}, ("Chat Ended", "Live Chat Conversation Ended"), act=False, browser=True),
)  # fmt: skip
