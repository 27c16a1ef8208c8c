# Texts of the layout and the components.
skip-to-content = Skip to content
main-navigation = Main
sections = Sections
menu = Menu
account-menu = Account
sign-out = Sign out
language = Language
breadcrumbs = Breadcrumb
pagination = Pages
previous-page = Previous
next-page = Next
page-of = Page { $page } of { $pages }
optional = optional
copy = Copy
copied = Copied
error-prefix = Error:
form-problem-title =
    { $count ->
        [one] Please correct one field
       *[other] Please correct { $count } fields
    }
notice-success = Success
notice-info = Note
notice-warning = Warning
notice-error = Error

# Statuses
problem-400 = This request could not be understood
problem-400-next = Go back, check what you entered and try again.
problem-401 = You are signed out
problem-401-next = Your session has ended. Sign in again, then repeat what you were doing.
problem-403 = You cannot open this page
problem-403-next = Your account has no access to it. Sign in with another account, or ask the team that runs this site.
problem-404 = There is nothing here
problem-404-next = The address may be mistyped, or the page was moved or removed.
problem-405 = This address cannot be used that way
problem-405-next = Go back to the page you came from and use its buttons.
problem-413 = What you sent is too large
problem-413-next = Shorten it and send it again.
problem-429 = Too many requests
problem-429-next = Wait a moment, then try again.
problem-500 = Something went wrong on our side
problem-500-next = Try again; if it happens again, tell us the request id below.
problem-503 = This service is not available at the moment
problem-503-next = Try again in a minute.
problem-status = Error { $status }
request-id = Request id
go-home = Go to the start page

# CSRF
form-expired = This form is no longer valid
form-expired-next = It was opened too long ago, or in a browser that does not accept cookies. Go back, reload the page and send it again.

# Roles
may-not-change = You may look, but not change
may-not-change-next = None of your roles allows this change. Ask an owner of the team for one that does, or to make the change.
no-role = This page is not open to you
no-role-next = None of your roles allows it. Ask an owner of the team for one that does; what you have stands under My tokens.
owners-only = Only owners may do this
owners-only-next = Accounts of the team are changed by its owners. Ask one of them.

# Lists
search = Search
apply = Apply
show-all = Show all
sort-ascending = sort ascending
sort-descending = sort descending
any = Any
list-count =
    { $count ->
        [one] One entry
       *[other] { $count } entries
    }
shown-once-title = Copy it now
shown-once-lead = It is shown this once. When you leave this page, nobody can show it again.
never = Never
too-many-attempts = Too many attempts. Try again in { $seconds } seconds.

# Charts, and pages that look again by themselves
chart-as-table = Show as a table
refresh-pause = Pause
refresh-go-on = Go on
undo = Undo
