"""What colleagues and other systems say: calls, meetings, quotes, deals and tasks."""

from ripely.model.catalog.standard import Standard

_CALL = {"phone": "+380441234567", "by": "bob"}
_MEETING = {"meeting": "m2", "topic": "Showroom", "starts": "2030-05-04T10:00:00+03:00"}
_QUOTE = {"quote": "q12", "value": 4990.0, "currency": "EUR"}
_DEAL = {"deal": "d7", "value": 4990.0, "currency": "EUR", "by": "bob"}
_TASK = {"title": "Call about the offer", "type": "call"}

SALES = (
    Standard("call.made", "A colleague called.", _CALL, ("Call Made",), act=False),
    Standard("call.received", "Called us.", {"phone": "+380441234567", "line": "sales"}, ("Call Received",), act=False),
    Standard("call.answered", "Answered a call.", {"seconds": 120, "outcome": "interested"}, ("Call Answered",), act=False),
    Standard("call.missed", "Did not answer a call.", {"phone": "+380441234567"}, ("Call Missed",), act=False),
    Standard("call.ended", "A call came to its end, with this outcome.", {"seconds": 120, "outcome": "interested", "remark": ""}, ("Call Ended",), act=False),
    Standard("call.allowed", "May be called again.", {"reason": "asked for it"}, ("Call Allowed",), act=False),
    Standard("call.forbidden", "Asked not to be called.", {"reason": "asked for it"}, ("Call Forbidden", "Do Not Call"), act=False),
    Standard("meeting.booked", "Booked a meeting.", _MEETING, ("Meeting Booked",)),
    Standard("meeting.moved", "A meeting was put at another time.", _MEETING, ("Meeting Rescheduled", "Meeting Moved"), act=False),
    Standard("meeting.held", "A meeting took place.", {**_MEETING, "outcome": "interested"}, ("Meeting Held",), act=False),
    Standard("meeting.missed", "Did not come to a meeting.", _MEETING, ("Meeting Missed",), act=False),
    Standard("meeting.cancelled", "A meeting was cancelled.", {**_MEETING, "reason": "ill"}, ("Meeting Cancelled", "Meeting Canceled"), act=False),
    Standard("quote.sent", "Was sent a quote.", _QUOTE, ("Quote Sent",), act=False),
    Standard("quote.viewed", "Looked at a quote.", {**_QUOTE, "seconds": 40}, ("Quote Viewed",)),
    Standard("quote.accepted", "Accepted a quote.", _QUOTE, ("Quote Accepted",)),
    Standard("quote.declined", "Declined a quote.", {**_QUOTE, "reason": "price"}, ("Quote Declined",)),
    Standard("quote.expired", "A quote is no longer good.", _QUOTE, ("Quote Expired",), act=False),
    Standard("deal.opened", "A deal was opened.", {**_DEAL, "pipeline": "sales", "stage": "new"}, ("Deal Opened",), act=False),
    Standard("deal.moved", "A deal moved to another stage.", {**_DEAL, "pipeline": "sales", "stage": "offer", "before": "new"}, ("Deal Moved",), act=False),
    Standard("deal.updated", "Something about a deal changed.", {**_DEAL, "pipeline": "sales", "stage": "offer"}, ("Deal Updated",), act=False),
    Standard("deal.won", "A deal was won.", _DEAL, ("Deal Won",), act=False),
    Standard("deal.lost", "A deal was lost.", {**_DEAL, "reason": "price"}, ("Deal Lost",), act=False),
    Standard("task.created", "A colleague got a task.", {**_TASK, "assignee": "bob"}, act=False, reserved=True),
    Standard("task.done", "A colleague finished a task.", {**_TASK, "outcome": "reached", "by": "bob"}, ("Task Done",), act=False),
    Standard("task.overdue", "A task was not done in time.", _TASK, act=False, reserved=True),
    Standard("task.released", "A task came up that had waited for a free colleague.", _TASK, act=False, reserved=True),
    Standard("task.dropped", "A task was given up: it came too late.", {**_TASK, "reason": "too late"}, act=False, reserved=True),
    Standard("ticket.opened", "Asked for help.", {"ticket": "t5", "subject": "The brake"}, ("Ticket Opened", "Ticket Created")),
    Standard("ticket.closed", "A question was settled.", {"ticket": "t5", "subject": "The brake"}, ("Ticket Closed", "Ticket Solved"), act=False),
    Standard("message.written", "A colleague wrote a message by hand.", {"channel": "email", "template": "offer-sent", "subject": "Our offer", "by": "bob"}, ("Message Written", "Email Written"), act=False),
    Standard("note.added", "A colleague wrote a note.", {"text": "Prefers to be called in the morning", "by": "bob"}, ("Note Added",), act=False),
)  # fmt: skip
