# The tenant's pages in the console.
name = Name
id = ID
description = Description
created = Created
last-used = Last used
yes = Yes
no = No
days =
    { $count ->
        [one] One day
       *[other] { $count } days
    }
save = Save
saved = Saved.
create = Create
cancel = Cancel
done = Done
remove = Remove
revoke = Revoke
removed = { $name } is removed.
danger-zone = Removal
client-id = Client ID
client-secret = Client secret

# What is wrong with a form
invalid-said = The tenant refused this: { $sentence }
invalid-taken = This exists already. Choose another.
invalid-name = Enter a name without < and >.
invalid-connection_name = Enter letters and digits, with single hyphens between them.
invalid-type = Choose one of the types.
invalid-description = Use at most 140 characters.
invalid-logo_uri = Enter a whole address, such as https://example.com/logo.png.
invalid-callbacks = Each line must be a whole address without a fragment, such as https://app.example.com/callback.
invalid-allowed_logout_urls = Each line must be a whole address, such as https://app.example.com.
invalid-web_origins = Each line must be an origin, such as https://app.example.com.
invalid-allowed_origins = Each line must be an origin, such as https://app.example.com.
invalid-grant_types = This application may not use one of the grant types.
invalid-token_lifetime = Enter whole seconds, from 1 up.
invalid-token_lifetime_for_web = Enter whole seconds, from 1 to 2592000.
invalid-identifier = Enter an identifier without spaces. It must not be the tenant’s own.
invalid-signing_alg = Choose one of the algorithms.
invalid-value = Enter a permission without spaces, such as read:forecast.
invalid-picture_url = Enter a whole address, such as https://example.com/logo.png.
invalid-support_email = Use at most 255 characters.
invalid-support_url = Enter a whole address, such as https://example.com/help.
invalid-friendly_name = Use at most 255 characters.
invalid-default_audience = Enter the identifier of one of this tenant’s APIs, or nothing.
invalid-session_lifetime = Enter hours from 1 minute (0.02) to one year (8760).
invalid-idle_session_lifetime = Enter hours from 1 minute (0.02) to one year (8760).
invalid-display_name = Use at most 128 characters.
invalid-count = Enter a whole number from 1 to 1000000.
invalid-days = Enter a whole number of days from 1 to 3650.

# Settings
settings-title = Settings
settings-lead = What holds for the whole tenant.
settings-general = General
settings-advanced = Advanced
settings-friendly-name = Friendly name
settings-friendly-name-hint = Users see it when they sign in and in mails.
settings-picture-url = Logo address
settings-support-email = Support email address
settings-support-url = Support address
settings-default-audience = Default audience
settings-default-audience-hint = The identifier of the API that tokens are for when an application names none.
settings-allowed-logout-urls = Allowed logout URLs
settings-allowed-logout-urls-hint = Where users may be sent after signing out, one address a line. Each application has such a list of its own, too.
settings-session-lifetime = Sessions end after, in hours
settings-session-lifetime-hint = In any case, however often they are used.
settings-idle-session-lifetime = Sessions end without use after, in hours

advanced-registration = OIDC Dynamic Client Registration
advanced-registration-hint = Off unless you need it. Clients that register themselves are third-party clients: users are asked for consent, only connections at domain level are open to them, the Management API is not.
registration-on = Anybody may register clients
registration-on-hint = Whoever reaches this tenant may send a registration to /oidc/register, within the policies below.
advanced-open-now = Registration is open at
advanced-mode = Security mode of clients that register themselves
advanced-mode-hint = It holds for clients that register from now on.
mode-permissive = Permissive
mode-permissive-hint = As older tenants have it: any grant type, implicit responses, no PKCE needed.
mode-strict = Strict
mode-strict-hint = Authorization code with PKCE, short-lived tokens, no more parameters than needed.
advanced-documents = Client ID Metadata Documents
documents-on = A client may be known by the address of its metadata
documents-on-hint = The client sends an https address as its client id; the tenant fetches who it is from there. MCP clients do so.
policies-title = Registration policies
policies-lead = These come from the configuration and are changed there, in the section
policy-any = any
policy-none = none
policy-require-token = An initial access token is needed
policy-management = Clients may manage their registration (RFC 7592)
policy-redirect-hosts = Hosts of redirect URIs
policy-redirect-schemes = Private-use schemes
policy-grant-types = Grant types
policy-scopes = Scopes
policy-reserved-names = Reserved names
policy-per-origin = Registrations an hour from one address block
policy-per-second = Registrations a second in all
policy-max-unused = Clients never used, at most
policy-max-clients = Clients that registered themselves, at most
policy-unused-days = A client never used is kept for
policy-lifetime-days = A client is kept after its last use for
policy-software-issuers = Issuers of software statements
policy-require-software-statement = A software statement is needed
policy-document-hosts = Hosts of metadata documents

# Initial access tokens
tokens-title = Initial access tokens
tokens-lead = Whoever holds one may register clients with it.
tokens-not-required = Registering needs no token as long as this is not set:
tokens-none = There is no initial access token
tokens-none-next = Make one for everybody who is to register clients, and pass it on.
tokens-new = New token
tokens-name-hint = Who it is for; only administrators see it.
tokens-count = How many clients may register with it
tokens-days = After how many days it ends
tokens-remaining = Registrations left
tokens-any-number = Any number
tokens-expires = Ends
tokens-expired = Ended
tokens-used-up = Used up
tokens-made = The token is made
tokens-token = Initial access token
tokens-call = Register a client with it
tokens-revoke-title = Revoke { $name }?
tokens-revoke-lead = Nobody can register with it any more. Clients that registered with it stay.

# Connections
connections-title = Connections
connections-lead = Where users come from, and which applications may send them there.
connections-kind = Kind
connections-database = Database of this tenant
connections-open-to = Open to
connections-domain = Domain level
connections-listed = Listed applications
connections-sign-up = Sign-up
connections-open = Open
connections-closed = Closed
connections-clients = Applications that use it
connections-clients-lead = First-party applications are listed one by one, on the page of each. Third-party applications use every connection at domain level.
connections-no-clients = No first-party application is listed.
connections-domain-label = Promote to domain level
domain-on = Third-party applications may use this connection
domain-on-hint = Every application that registered itself, and every other third-party application, may send users here to sign in. The users are asked for consent first.
sign-up-on = Anybody may sign up
sign-up-on-hint = Off: accounts are made by administrators alone.
connections-policy = Password policy
password-policy-none = None: at least one character
password-policy-low = Low: 6 characters
password-policy-fair = Fair: 8 characters with lower case, upper case and digits
password-policy-good = Good: 8 characters of three kinds
password-policy-excellent = Excellent: 10 characters of three kinds, none three times in a row
connections-protection = Protection against guessing
protection-on = Too many wrong passwords stop an account for the address that sent them
connections-display-name = Display name
connections-display-name-hint = What users see instead of the name.
connections-new = New connection
connections-new-lead = A database of users of its own. Every application of yours gets it, unless the tenant says otherwise.
connections-name-hint = Letters, digits and single hyphens. It stays for good; users see the display name.
connections-made = The connection is made.
connections-delete = Delete the connection
connections-delete-title = Delete { $name }?
connections-delete-lead = Nobody can sign in with the connection any more. With it go:
connections-delete-users =
    { $count ->
        [0] no users, there are none
        [one] one user, with sessions, roles and consents
       *[other] { $count } users, with their sessions, roles and consents
    }

# Applications
clients-title = Applications
clients-application = Application
clients-lead = Every client of this tenant, who made it, and when it was last used.
clients-new = Create application
clients-search = Name or client ID
clients-type = Type
clients-party = Whose it is
clients-made = How it was made
clients-none = No application fits
clients-none-next = Change the search or the filters, or show all.
type-native = Native
type-native-hint = Apps on phones, desktops, command lines.
type-spa = Single page
type-spa-hint = Pages that run in the browser, without a secret.
type-regular_web = Regular web
type-regular_web-hint = Applications on a server that keep a secret.
type-non_interactive = Machine to Machine
type-non_interactive-hint = Programs that act for themselves, without a user: command lines, daemons, portals.
type-generic = Of no type
first-party = First-party
third-party = Third-party
party-first = First-party
party-third = Third-party
third-party-lead = This is a third-party application. Users are asked for consent, only connections at domain level are open to it, and the Management API is not. When you save, the application itself cannot change its registration any more.
origin-console = An administrator
origin-api = The Management API
origin-portal = A developer in a portal
origin-registration = Registered itself
origin-document = Metadata document
made-by-administrator = Administrator { $email }
made-by-client = Management API, by { $name }
made-by-command = A command on the machine
clients-settings = Settings
clients-credentials = Credentials
clients-apis = APIs
clients-connections = Connections
clients-made-public = The application is made. It has no secret; fill in its callback URLs next.
clients-made-lead = The application is made.
clients-authorize-next = Next: authorise it for an API
clients-settings-next = Next: fill in its callback URLs
clients-logo = Logo address
clients-logo-hint = Users see it on the consent page.
clients-callbacks = Allowed callback URLs
clients-callbacks-hint = Where users come back to after signing in, one address a line.
clients-allowed-logout-urls = Allowed logout URLs
clients-allowed-logout-urls-hint = Where users may go after signing out, one address a line.
clients-web-origins = Allowed web origins
clients-web-origins-hint = Pages that may renew tokens silently, one origin a line.
clients-allowed-origins = Allowed origins (CORS)
clients-allowed-origins-hint = Further pages whose scripts may call this tenant, one origin a line. Those of the callback URLs may anyway.
clients-grants = Grant types
grant-authorization_code = Authorization code
grant-refresh_token = Refresh token
grant-client_credentials = Client credentials
grant-implicit = Implicit
grant-password = Password
grant-password-realm = Password with realm
grant-device_code = Device code
clients-lifetime = ID tokens live for, in seconds
clients-lifetime-hint = Ten hours are 36000.
clients-delete = Delete the application
clients-delete-hint = You see what goes with it before anything happens.
clients-delete-title = Delete { $name }?
clients-delete-lead = With the application go:
clients-delete-grants =
    { $count ->
        [one] its authorisation for one API
       *[other] its authorisations for { $count } APIs
    }
clients-delete-users =
    { $count ->
        [one] the sign-in of one user
       *[other] the sign-ins of { $count } users
    }
clients-delete-consents =
    { $count ->
        [one] one consent
       *[other] { $count } consents
    }
clients-delete-tokens =
    { $count ->
        [one] one refresh token, which stops working at once
       *[other] { $count } refresh tokens, which stop working at once
    }
clients-delete-keys =
    { $count ->
        [one] one key
       *[other] { $count } keys
    }
clients-delete-nothing = nothing else: no user signed in with it, and it is authorised for no API
clients-delete-registered = It registered itself and may do so again as long as registration is open.
clients-delete-for-good = This cannot be undone.

credentials-method = How it proves who it is
method-none = It is public: it has no secret and proves itself by PKCE
method-client_secret_post = Secret in the body of the request (client_secret_post)
method-client_secret_basic = Secret in the Authorization header (client_secret_basic)
method-private_key_jwt = It signs with a key (private_key_jwt) and has no secret to rotate
method-any = Secret, in the body or in the header
credentials-kept = Kept sealed and shown only when it is made
credentials-no-secret = None
credentials-keys = Keys
credentials-kid = Key ID
credentials-alg = Algorithm
credentials-rotate = Rotate the secret
credentials-rotate-title = Rotation
credentials-rotate-hint = Do this when the secret was lost or seen by somebody else.
credentials-rotate-ask = Rotate the secret of { $name }?
credentials-rotate-lead = The present secret stops working at once, with no overlap. The new one is shown once. Tokens that were given already work until they end.
credentials-rotated = The new secret
credentials-rotated-lead = The secret before does not work any more.

clients-apis-lead = What the application may do for itself, with client credentials. Choose an API to tick permissions.
clients-no-credentials-grant = This application has not the grant type Client credentials, so that an authorisation here has no effect yet. Add it under Settings.
clients-authorized = Authorised
clients-not-authorized = Not authorised
clients-permissions =
    { $count ->
        [0] without permissions
        [one] one permission
       *[other] { $count } permissions
    }
clients-permissions-label = Permissions
clients-authorize = Authorise
clients-authorize-title = { $client }: { $api }
clients-authorize-lead = Tick what the application may do there. Its next token holds exactly that.
clients-no-permissions = This API has no permissions. The application may be authorised all the same: its tokens then carry the audience alone.
clients-grant-saved = The application is authorised.
clients-grant-revoked = The authorisation is taken back.
clients-revoke = Take the authorisation back
clients-revoke-title = Take it back
clients-revoke-lead = The application gets no more tokens for this API. Those that it has work until they end.
clients-connections-third = A third-party application may use every connection at domain level, and no others.
clients-connections-none = No connection is at domain level, so nobody can sign in with this application. Promote one under

# APIs
apis-title = APIs
apis-api = API
apis-lead = What tokens are for: each API has an identifier, its audience, and permissions.
apis-new = Create API
apis-identifier = Identifier
apis-identifier-hint = The audience of its tokens. Usually an address, which is never called. It cannot be changed later.
apis-algorithm = Signing algorithm
algorithm-RS256 = RS256
algorithm-RS512 = RS512
algorithm-PS256 = PS256
algorithm-HS256 = HS256 (a secret that the API shares)
apis-made = The API is made. Add its permissions next.
apis-system = Part of the tenant
apis-system-lead = The Management API is part of the tenant. Its permissions can be granted, not changed.
apis-settings = Settings
apis-permissions = Permissions
apis-applications = Applications
apis-lifetime = Tokens live for, in seconds
apis-web-lifetime = Tokens for pages live for, in seconds
apis-lifetime-hint = At most 2592000, which is 30 days.
apis-offline = Refresh tokens
offline-on = Applications may ask for refresh tokens (offline_access)
apis-rbac = Role-based access control
rbac-on = Users get only the permissions of their roles
apis-permissions-in-token = Permissions in the token
permissions-on = Write a user’s permissions into the token
permissions-on-hint = Only with role-based access control.
apis-permission = Permission
apis-permission-hint = Without spaces, such as read:forecast.
apis-add-permission = Add the permission
apis-no-permissions = No permissions yet
apis-no-permissions-next = Add what may be done at this API: applications and users are granted it by name.
apis-no-applications = No application is authorised for this API
apis-no-applications-next = Authorise one on its own page, under APIs.
apis-on-behalf = Acts
apis-for-itself = For itself
apis-for-users = For users
apis-every-third-party = Every third-party application
apis-delete = Delete the API
apis-delete-title = Delete { $name }?
apis-delete-lead = With the API go its permissions, from roles and users too, and:
apis-delete-grants =
    { $count ->
        [0] no authorisation of an application
        [one] the authorisation of one application
       *[other] the authorisations of { $count } applications
    }

# Users
users-title = Users
users-lead = Everybody who may sign in with a connection of this tenant.
users-search = Name, email address or user ID
users-none = No user fits
users-connection = Connection
users-state = State
users-blocked = Blocked
users-free = May sign in
users-unverified = Address not confirmed
users-last-login = Last sign-in
users-logins = Sign-ins
users-identities = Accounts
users-identities-lead = Whoever signs in to one of these is this user. An account that is unlinked is a user of its own again, and this user is signed out everywhere.
users-account = Signs in as
users-main-account = Main account
users-unlink = Unlink
users-unlinked = The account is unlinked.
users-log = What the log says of this user
users-metadata = User metadata
users-app-metadata = App metadata
users-stopped = Too many wrong passwords. Sign-in is stopped from:
users-actions = What to do
users-actions-lead = A blocked user is signed out everywhere and cannot sign in.
users-block = Block
users-unblock = Unblock
users-forgive = Lift the stop after wrong passwords
users-reset = Send a mail to set a new password
users-verify = Send a mail to confirm the address
users-mail-sent = The mail is on its way.
users-delete = Delete the user
users-delete-title = Delete { $name }?
users-delete-lead = Sessions and refresh tokens of the user end at once, and the account is gone from every application.

# Log
logs-title = Log
logs-lead = What happened in this tenant during the last 30 days.
logs-search = User, client ID or network address
logs-none = No entry fits
logs-date = When
logs-type = What
logs-who = Who
logs-from = From
logs-user = User
logs-whole = The whole entry
log-s = Sign-in
log-ssa = Silent sign-in
log-f = Sign-in failed
log-fsa = Silent sign-in failed
log-fp = Wrong password
log-fu = Unknown user
log-ss = Sign-up
log-fs = Sign-up failed
log-limit_wc = Account stopped
log-limit_mu = Address slowed down
log-scp = Password changed
log-scpr = New password asked for
log-sv = Address confirmed
log-svr = Confirmation asked for
log-sdu = User deleted
log-seacft = Code exchanged
log-feacft = Code not exchanged
log-seccft = Client credentials exchanged
log-feccft = Client credentials refused
log-sepft = Password exchanged
log-fepft = Password not exchanged
log-sertft = Refresh token exchanged
log-fertft = Refresh token refused
log-ferrt = Refresh token used twice
log-sede = Device code exchanged
log-fede = Device code refused
log-srrt = Refresh token revoked
log-slo = Sign-out
log-sapi = Administration
log-fapi = Administration failed
log-actions_execution_failed = An Action failed
logs-executions = Executions of Actions

# Roles
roles-title = Roles
roles-lead = Names for sets of permissions. APIs with role-based access control give users the permissions of their roles.
roles-new = New role
roles-none = There is no role yet
roles-none-next = Make one for each kind of work, and give it permissions.
roles-made = The role is made. Give it permissions next.
roles-nothing = nothing
roles-users-lead = The first 50. Roles are given on the page of each user.
roles-permissions-lead = Tick what users with this role may do.
roles-no-permissions = This API has no permissions yet. Add them on its own page.
roles-delete = Delete the role
roles-delete-title = Delete { $name }?
roles-delete-lead = With the role go:
roles-delete-users =
    { $count ->
        [0] nobody who has it
        [one] what one user may do by it
       *[other] what { $count } users may do by it
    }
users-roles = Roles
