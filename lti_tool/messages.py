"""What a person reads when something is refused or fails: one table, by code.

L- codes are about launching, R-01 is about reviews, R-10 and later about registration, P- codes are
the statuses of HTTP.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """What happened, what is safe, what to do; and the status of the answer."""

    status: int
    title: str
    what_happened: str
    what_is_safe: str
    what_to_do: str


SAFE = "Nothing you saved is lost."
OPEN_AGAIN = "Go back to your course and open the activity again."

MESSAGES = {
    "R-01": Message(
        403,
        "Another coach reviews this",
        "You are an author here, so another coach reviews it.",
        "Nothing was changed.",
        "Ask another coach or the program owner of your cohort.",
    ),
    "L-16": Message(
        403,
        "You have no part in this cohort",
        "Your LMS gives you no role of teacher or learner in this course.",
        "Nothing was recorded about you.",
        "If you should take part, ask the course's administrator to enrol you.",
    ),
    "P-400": Message(
        400,
        "This request could not be read",
        "Something in the request was not in a form this page understands.",
        SAFE,
        "Go back, check what you entered and send it again.",
    ),
    "P-401": Message(
        401,
        "Your sign-in has ended",
        "This page needs a sign-in through your course, and there is none or it has run out.",
        SAFE,
        OPEN_AGAIN,
    ),
    "P-403": Message(
        403,
        "This is not yours to do",
        "Your role in this course does not allow this page or this action.",
        "Nothing was changed.",
        "If you think this is wrong, ask the person who runs your cohort.",
    ),
    "P-404": Message(
        404,
        "There is nothing here",
        "This page does not exist, or it belongs to another course.",
        SAFE,
        "Go back to your course and open the activity from there.",
    ),
    "P-405": Message(
        405,
        "This address does not work that way",
        "The page was asked for in a way it does not offer.",
        SAFE,
        OPEN_AGAIN,
    ),
    "P-409": Message(
        409,
        "Somebody was faster",
        "This was changed or decided by somebody else since you opened the page.",
        "Their change is kept. Yours has not been saved.",
        "Open the page again, compare, and send yours again if it is still needed.",
    ),
    "P-413": Message(
        413,
        "This is too large",
        "What was sent is larger than this page takes.",
        SAFE,
        "Shorten the text, or link to the document instead of pasting it.",
    ),
    "P-415": Message(
        415,
        "This request could not be read",
        "The request was not sent as a form.",
        SAFE,
        OPEN_AGAIN,
    ),
    "P-429": Message(
        429,
        "Too many requests",
        "More requests arrived from here than a person sends.",
        SAFE,
        "Wait a minute and try again.",
    ),
    "P-500": Message(
        500,
        "Something went wrong on our side",
        "The page could not be finished. The people who run this tool can find out why.",
        SAFE,
        "Try again in a minute. If it happens again, pass on the reference below.",
    ),
    "P-503": Message(
        503,
        "This could not be saved just now",
        "The database did not answer in time.",
        "What was saved before is safe. What you just sent has not been saved.",
        "Wait a moment and send it again.",
    ),
    # Launches.
    "L-01": Message(
        403,
        "Open this in a new window",
        "Your browser did not let this page keep your sign-in.",
        "Nothing is lost.",
        "Open your course in a new window of your browser, and open the activity there.",
    ),
    "L-02": Message(
        400,
        "This link was already used",
        "The way in from your course works once, for ten minutes, and this one was used or took "
        "too long.",
        SAFE,
        OPEN_AGAIN,
    ),
    "L-03": Message(
        404,
        "This activity is not set up yet",
        "Nobody has opened a cohort in this course so far. You did nothing wrong.",
        SAFE,
        "Tell the person who teaches this course; they open the cohort from this same activity.",
    ),
    "L-04": Message(
        403,
        "You are looking as a preview user",
        "Your LMS opened this page as its preview student, who is nobody in particular.",
        "Nothing is stored for preview users, neither as evidence nor in the gradebook.",
        "Leave the preview and open the activity as yourself.",
    ),
    "L-05": Message(
        404,
        "This LMS is not connected to this tool yet",
        "The LMS that sent you is not registered here, or under another name.",
        "Nothing was changed.",
        "Ask your LMS administrator, and give them the code below.",
    ),
    "L-06": Message(
        403,
        "This launch was not started here",
        "Another browser or another window began this sign-in.",
        SAFE,
        OPEN_AGAIN,
    ),
    "L-07": Message(
        400,
        "This sign-in is incomplete",
        "Your LMS did not send all that a sign-in needs, or sent some of it twice.",
        "Nothing was changed.",
        f"{OPEN_AGAIN} If it happens again, give your LMS administrator the code below.",
    ),
    "L-08": Message(
        403,
        "An administrator has not yet approved this platform",
        "Your LMS is registered here and waits for approval.",
        "Nothing is lost.",
        "Ask the people who run this tool to approve it, and give them the code below.",
    ),
    "L-09": Message(
        401,
        "Your sign-in could not be verified",
        "What your LMS sent does not prove who you are. Its time, its signature or its addressee "
        "is wrong.",
        SAFE,
        f"{OPEN_AGAIN} If it happens again, give your LMS administrator the code below.",
    ),
    "L-10": Message(
        400,
        "This launch cannot be read",
        "Your LMS sent a launch that lacks something or holds something in a form that nobody here "
        "knows.",
        SAFE,
        f"{OPEN_AGAIN} If it happens again, give your LMS administrator the code below.",
    ),
    "L-11": Message(
        400,
        "Your LMS did not complete the sign-in",
        "Often the page was left open for a while, or was loaded again.",
        SAFE,
        OPEN_AGAIN,
    ),
    "L-12": Message(
        502,
        "Your LMS could not be asked for its keys",
        "Without them your sign-in cannot be verified. Your LMS did not answer, or not as agreed.",
        SAFE,
        "Wait a minute, go back to your course and open the activity again.",
    ),
    "L-13": Message(
        400,
        "This is not offered yet",
        "Your LMS asked for something that this tool does not do yet, such as choosing content.",
        "Nothing was changed.",
        "Add the tool to your course as an external tool or activity, and open it from there.",
    ),
    "L-14": Message(
        400,
        "Your LMS did not say who you are",
        "You are not signed in to your LMS, or it does not share an identity with this tool.",
        "Nothing was changed.",
        "Sign in to your LMS and open the activity again. If you are signed in, give your LMS "
        "administrator the code below.",
    ),
    "L-15": Message(
        400,
        "Open this from a course",
        "The tool was opened outside a course, or from a place that names no activity.",
        "Nothing was changed.",
        "Go to your course and open the activity from there.",
    ),
    # Registration of a platform. are the refusals of reviews.
    "R-10": Message(
        403,
        "This registration address is not known",
        "It was never given out, or was not copied completely.",
        "Nothing was registered, and nobody was asked anything.",
        "Ask the people who run this tool for a registration address and copy all of it.",
    ),
    "R-11": Message(
        410,
        "This registration address has been used",
        "Each registration address works for a set number of platforms and a limited time.",
        "Nothing was registered. Platforms registered before are as they were.",
        "Ask the people who run this tool for a new registration address.",
    ),
    "R-12": Message(
        400,
        "Open this address from your LMS",
        "A registration starts in the LMS, which adds its own address. That is missing, or is no "
        "web address that this tool may ask.",
        "Nothing was registered.",
        "Paste the registration address where your LMS registers LTI Advantage tools.",
    ),
    "R-13": Message(
        400,
        "Your LMS could not be asked about itself",
        "Its description did not arrive, or is not one. It must be reachable from this tool by "
        "https, without a redirect.",
        "Nothing was registered. The registration address can be used again.",
        "Check that the LMS can be reached from here, then start again in the LMS.",
    ),
    "R-14": Message(
        400,
        "The description of your LMS does not hold together",
        "Its issuer and its addresses must be web addresses of one and the same LMS.",
        "Nothing was registered. The registration address can be used again.",
        "Give the code below to whoever looks after the LMS; the log of this tool names the field.",
    ),
    "R-15": Message(
        400,
        "Your LMS did not accept the registration",
        "It answered with an error, or without a client ID.",
        "Nothing is stored here. The registration address can be used again.",
        "Start again in the LMS. If it happens again, the log of the LMS says why.",
    ),
    "R-16": Message(
        409,
        "This platform is registered already",
        "There is a registration with this issuer and client ID, and it is never overwritten.",
        "The registration that exists is as it was.",
        "If it has to be replaced, ask the people who run this tool.",
    ),
}
