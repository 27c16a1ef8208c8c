# The console's own pages: start, signing in, account, team.
start-title = Gatehouse console
start-lead = This address serves the console and the platform API of { $organization }: portals, API products, identity providers, auth strategies, and the gateway’s services and routes.
start-here = Where things are
start-console = Sign in to the console
start-console-text = For the team that runs this instance.
start-portal = Developer portal
start-portal-text = Where developers find APIs and get credentials for their applications.
start-documentation = Documentation of the API
start-documentation-text = The API is Kong Konnect’s; its reference, SDKs and tools apply. The file docs/COMPATIBILITY.md lists what is served here.
start-token = Make a token
start-token-lead = Every call needs a platform token. Whoever may run commands on the machine of this control plane makes one; it is shown once.
start-own-token-lead = Every call needs a platform token. Yours may do what you may; it is shown once.
start-call = Make a call
start-call-lead = Put the token in the header, with or without “Bearer”.

nav-overview = Overview
nav-dev-portal = Dev Portal
nav-portals = Portals
nav-api-products = API products
nav-application-auth = Application Auth
nav-tenant = Identity tenant
nav-clients = Applications
nav-apis = APIs
nav-connections = Connections
nav-users = Users
nav-roles = Roles
nav-logs = Log
nav-settings = Settings
nav-actions = Actions
nav-actions-library = Library
nav-actions-triggers = Triggers
nav-actions-executions = Executions
nav-gateway = Gateway
nav-usage = Usage
nav-services = Services
nav-routes = Routes
nav-nodes = Nodes
nav-refusals = Refusals
nav-audit = Audit log
nav-removed = Recently removed
nav-team = Organization
nav-administrators = People
nav-account = My account
nav-tokens = My tokens
nav-teams = Teams
nav-system-accounts = System accounts

overview-lead = Welcome, { $name }. From here you administer everything that this instance runs.
overview-lead-member = Welcome, { $name }. Here is what the roles allow that were assigned to you and your teams.
overview-waiting = Waiting for the team
overview-developers = Developers
overview-developers-count =
    { $count ->
        [one] one developer
       *[other] { $count } developers
    }
overview-registrations = Registrations
overview-registrations-count =
    { $count ->
        [one] one registration
       *[other] { $count } registrations
    }
overview-none = None
overview-portals = Where developers find APIs: who may come in, what they see, and what they asked for.
overview-api-products = Versions, OpenAPI documents and documentation, and in which portals they are.
overview-application-auth = How applications get credentials: identity providers and auth strategies.
overview-tokens = Call the platform API in your own name, and see what you may do and why.
overview-services = What the gateway stands in front of.
overview-clients = Every client of the tenant: make, authorise, rotate, remove.
overview-apis = What tokens are for: identifiers and permissions.
overview-connections = Where users come from, and which applications may send them there.
overview-today = Calls today (UTC)
overview-refused = Refused (4xx) today
overview-failed = Failed (5xx) today
overview-nodes = Other gateways that follow
overview-behind = Of them behind or away
overview-differences = Differences at identity providers
overview-addresses = Addresses
overview-gateway = Gateway
overview-platform = Console and platform API
overview-portal = Developer portal
overview-tenant = Identity tenant (issuer)

# Words
save = Save
saved = Saved.
cancel = Cancel
field-email = Email address
field-password = Password
field-name = Name
field-role = Role
role-owner = Owner
role-owner-hint = Changes everything, including the team’s accounts.
role-admin = Administrator
role-admin-hint = Changes everything but the team’s accounts.
role-viewer = Viewer
role-viewer-hint = Sees everything and changes nothing. No secret is shown to a viewer.
role-member = Member
role-member-hint = Sees and changes what roles allow that you assign to the account or to a team of theirs. Nothing, without any.

# Signing in
sign-in = Sign in
sign-in-title = Sign in to the console
sign-in-lead = For the team that runs this instance. Developers sign in at the developer portal.
sign-in-wrong = The email address or the password is wrong.
sign-in-forgotten = Forgotten your password? Ask an owner of the team, or run on the machine:
signed-out = You are signed out.
signed-out-everywhere = You are signed out on every device.
nobody-yet-title = The console has no administrator yet
nobody-yet-lead = Make the first one on the machine where Gatehouse runs. The command prints a password that works until you have chosen your own.

# One's own account
account-title = My account
account-choose-first = Choose a password first
account-temporary = Your password was made by somebody else. Choose your own; until then nothing else is open to you.
account-password-title = Password
account-password-lead = A new password signs you out on every other device.
account-current = Current password
account-new = New password
account-new-hint = At least 12 characters; several words are better than one with symbols.
account-again = New password, again
account-password-button = Change the password
account-password-saved = Your password is changed. Every other session has ended.
account-mails = Mails
account-mails-lead = When a developer waits for approval or a registration for review, those who may decide get one mail for everything that has come together, at most every 15 minutes.
account-wants-mail = What waits for a decision
account-wants-mail-on = Tell me by mail
account-language = Language of mails
account-sessions-title = Sessions
account-sessions-lead = A session ends two hours after you last used it, and after twelve hours in any case.
account-sessions-button = Sign out on every device
invalid-again = The two new passwords are not the same.
invalid-current-wrong = This is not your current password.
invalid-password-min_length = The new password must have at least 12 characters.
invalid-password-max_length = The new password must not have more than 256 characters.
invalid-password-same = The new password must not be the one before.
invalid-password-invalid = The new password is too easy to guess: put several words together that are not your name or address.
invalid-email-invalid = Enter an email address, such as ada@example.com.
invalid-email-taken = This address has an account already.
invalid-name-max_length = A name has at most 256 characters.
invalid-last-owner = This is the last owner. Make another administrator an owner first.

# The team
administrators-lead = Who may sign in to this console, and what each may do.
administrators-new = New administrator
administrators-new-lead = Everything else that they may do stands on their page afterwards: roles and teams.
administrators-way = How they come in
administrators-way-password = With a password that I pass on
administrators-way-password-hint = You see it once. It works until they have chosen their own.
administrators-way-mail = By an invitation
administrators-way-mail-hint = A mail with a link, good once and for seven days, with which they choose a password.
administrators-invite = Send an invitation by mail
administrators-invited = An invitation is on its way to { $email }.
administrators-signed-in-already = They have signed in already. Reset the password instead.
administrators-create = Create the account
administrators-last-sign-in = Last sign-in
administrators-you = You
administrators-access = Roles, teams and tokens
administrators-access-show = Show
administrators-access-lead = What the account may do beyond its role in the console, or, as a member, at all; and the tokens that act for it.
administrators-temporary = They have not chosen a password of their own yet.
administrators-more = Password and removal
reset-button = Reset the password
reset-title = Reset the password of { $name }?
reset-lead = They are signed out everywhere. You see a new password once; it works until they have chosen their own.
remove-button = Remove the account
remove-title = Remove { $name }?
remove-lead = { $email } cannot sign in any more; open sessions and their tokens end at once. What they did stays in the audit log.
removed = { $name } is removed.
password-shown-title = The password of { $name }
password-shown-lead = Pass it on by a way that only they can read. At the first sign-in they choose their own.
one-time-password = One-time password
back-to-administrators = Back to the administrators

# Accepting an invitation
invitation-title = Join { $organization }
invitation-accept = Set the password and sign in
invitation-ended = This invitation has ended
invitation-ended-next = A link works once, and for seven days. Sign in if you have set a password; else ask who invited you for another one.
