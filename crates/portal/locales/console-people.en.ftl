# The console's pages about developers and what they ask for.
id = Id
name = Name
created = Created
yes = Yes
no = No
cancel = Cancel
removed = { $name } is removed.
danger-zone = Removal
for-good = This cannot be undone.
choose = Choose
choose-one = Choose { $name }
none-chosen = Choose at least one first.
api = API
application = Application
applications = Applications
applications-none-here = There are none.
client-id = Client ID
developer = Developer
still-leaving = Clients of the applications could not be removed at the identity provider yet. This goes on by itself; try again in a minute.

# Where something stands, and what is decided
status = Status
status-approved = Approved
status-pending = Waiting
status-revoked = Revoked
status-rejected = Rejected
decide-approved = Approve…
decide-rejected = Reject…
decide-revoked = Revoke…
do-approved = Approve
do-rejected = Reject
do-revoked = Revoke
reason = Reason
reason-hint = The developer reads it in the mail that tells of this.
invalid-reason-required = Say why: the developer reads it.
invalid-reason-max_length = Use at most 1000 characters.

# Developers
developers-title = Developers
developers-search = Search by name or email address
developers-none = No developers
developers-none-next = Developers sign up in the portal. Search for something else if you expected some.
developers-signed-up = Signed up
developers-verified = Email address confirmed
usage = Usage
teams = Teams
teams-none-here = In none.
developers-approved-title =
    { $count ->
        [one] Approve this developer?
       *[other] Approve { $count } developers?
    }
developers-approved-lead = They can sign in, create applications and ask for access to APIs.
developers-approved-done =
    { $count ->
        [one] The developer is approved.
       *[other] { $count } developers are approved.
    }
developers-rejected-title =
    { $count ->
        [one] Reject this developer?
       *[other] Reject { $count } developers?
    }
developers-rejected-lead = They cannot sign in. You can approve them later.
developers-rejected-done =
    { $count ->
        [one] The developer is rejected.
       *[other] { $count } developers are rejected.
    }
developers-revoked-title =
    { $count ->
        [one] Revoke this developer?
       *[other] Revoke { $count } developers?
    }
developers-revoked-lead = They are signed out at once and cannot sign in. Credentials of their applications keep working until you revoke the registrations.
developers-revoked-done =
    { $count ->
        [one] The developer is revoked.
       *[other] { $count } developers are revoked.
    }
developers-delete = Delete this developer
developers-delete-hint = Their applications and credentials go with them.
developers-delete-title = Delete { $name }?
developers-delete-lead = The account on { $portal } is removed.
developers-delete-applications = These applications go with it. Their clients are removed at the identity provider, and gateways refuse their credentials:

# Registrations
registrations-title = Registrations
registrations-search = Search by API, application or developer
registrations-none = No registrations
registrations-none-next = Applications register for APIs in the portal. Search for something else if you expected some.
registrations-none-here = There are none.
registrations-all = All registrations of this portal
registrations-asked = Asked
registrations-approved-title =
    { $count ->
        [one] Approve this registration?
       *[other] Approve { $count } registrations?
    }
registrations-approved-lead = The application can call the API as soon as every gateway knows.
registrations-approved-done =
    { $count ->
        [one] The registration is approved.
       *[other] { $count } registrations are approved.
    }
registrations-rejected-title =
    { $count ->
        [one] Reject this registration?
       *[other] Reject { $count } registrations?
    }
registrations-rejected-lead = The application cannot call the API. You can approve it later.
registrations-rejected-done =
    { $count ->
        [one] The registration is rejected.
       *[other] { $count } registrations are rejected.
    }
registrations-revoked-title =
    { $count ->
        [one] Revoke this registration?
       *[other] Revoke { $count } registrations?
    }
registrations-revoked-lead = Gateways refuse the application at this API from now on.
registrations-revoked-done =
    { $count ->
        [one] The registration is revoked.
       *[other] { $count } registrations are revoked.
    }

# Applications
applications-search = Search by name or client ID
applications-none = No applications
applications-none-next = Developers create applications in the portal. Search for something else if you expected some.
applications-strategy = Auth strategy
applications-team = Shared with
applications-no-team = Nobody
applications-delete = Delete this application
applications-delete-hint = Its credentials and registrations go with it.
applications-delete-title = Delete { $name }?
applications-delete-lead = Gateways refuse its credentials from now on.
applications-delete-client = This client is removed at the identity provider:
applications-delete-registrations = These registrations end:
applications-leaving = The application is gone. Its client could not be removed at the identity provider yet; this goes on by itself.
standing-active = Ready
standing-provisioning = Being made at the provider
standing-deleting = Being removed at the provider

# Audit
audit-title = Audit log
audit-lead = Who changed what, and when.
audit-search = Search by person, id, request or detail
audit-none = Nothing here
audit-none-next = Search for something else, or further back.
audit-read-until = Found by reading as far as
audit-read-all = Everything was read to its end.
audit-further = Search further
audit-from-beginning = Search from the beginning
audit-through = Through
audit-kind = What
audit-since = Since
audit-when = When
audit-who = Who
audit-what = Did
audit-to = To
audit-csv = Download as CSV
audit-jsonl = Download as JSON lines
since-hour = The last hour
since-day = The last day
since-week = The last week
since-month = The last 30 days
actor-administrator = Console
actor-platform_token = Platform API
actor-developer = Developer portal
actor-anonymous = Portal, not signed in
actor-system = This program by itself
did-create = Created
did-update = Changed
did-delete = Deleted
did-approve = Approved
did-reject = Rejected
did-revoke = Revoked
did-suspend = Set back to waiting
did-add_developer = Added a developer to
did-remove_developer = Removed a developer from
did-assign_role = Gave a role to
did-remove_role = Took a role from
did-transfer = Handed over
did-publish = Published
did-unpublish = Withdrawn
did-link = Linked to a service
did-unlink = Unlinked from a service
entity-developer = Developer
entity-team = Team
entity-application = Application
entity-application_credential = Credential
entity-application_registration = Registration
entity-portal = Portal
entity-portal_appearance = Appearance of a portal
entity-portal_authentication = Sign-in of a portal
entity-portal_product_version = Publication
entity-api_product = API product
entity-product_version = Version of an API product
entity-document = Document
entity-specification = Specification
entity-auth_strategy = Auth strategy
entity-dcr_provider = DCR provider
entity-service = Service
entity-route = Route

# The webhook of the audit
webhook-title = Audit webhook
webhook-lead = Every entry of the audit, sent to a log collector (SIEM) and signed. What the collector does not take is sent again until it does.
webhook-endpoint = Endpoint
webhook-endpoint-hint = Entries are posted there, many at once, a line each.
webhook-authorization = Authorization header
webhook-authorization-hint = What the collector asks for, such as Bearer TOKEN. It is never shown again.
webhook-authorization-kept = One is kept. Leave this empty to keep it.
webhook-format = Format
webhook-format-cef = CEF (ArcSight Common Event Format)
webhook-format-json = JSON
webhook-format-cps = CPS (CrowdStrike Parsing Standard)
webhook-enabled = Delivery
webhook-enabled-on = Send entries
webhook-enabled-on-hint = Entries are sent that are written from then on. A replay sends earlier ones.
webhook-skip = Certificate
webhook-skip-on = Accept any certificate
webhook-skip-on-hint = Anybody on the way could read the entries and the header. For tests alone.
webhook-saved = The webhook is saved.
webhook-standing = Delivery
webhook-state = State
webhook-active = Sending
webhook-failing = Failing
webhook-off = Off
webhook-waiting = Entries that wait
webhook-attempt = Last attempt
webhook-answer = Answer
webhook-retry = Next attempt
webhook-test = Send a test
webhook-test-held = The collector took the test ({ $code }).
webhook-test-refused = The collector refused the test: { $code } { $message }
webhook-test-away = The test did not arrive: { $message }
webhook-no-destination = Say where entries are to be sent first, and save.
webhook-replay = Replay
webhook-replay-hint = Sends entries once more that the collector lost. At most the last seven days.
webhook-replay-since = Entries of
webhook-replay-do = Send again
webhook-replay-asked = The replay begins in a moment.
webhook-replay-running-already = A replay is running. Wait until it has ended.
webhook-replay-accepted = The last replay waits for its turn.
webhook-replay-running = A replay is running.
webhook-replay-completed = The last replay is complete.
webhook-replay-failed = The last replay was given up: the collector did not take it.
webhook-replay-sent =
    { $count ->
        [one] One entry was sent.
       *[other] { $count } entries were sent.
    }
webhook-verify = Signatures
webhook-verify-hint = Each line ends with a signature, sig, over what is before it (Ed25519, base64url). These public keys verify it.
webhook-keys = Address of the keys
invalid-endpoint-invalid = Give an address that starts with https://, such as https://siem.example.com/audit.
invalid-endpoint-required = Say where entries are to be sent.
did-sign_in = Signed in
did-sign_in_failed = Tried to sign in
did-sign_up = Signed up
did-verify_email = Confirmed the email address
did-invite = Invited
did-set_password = Set a password
did-forgot_password = Asked for a new password
did-sign_out_everywhere = Signed out everywhere
did-change_password = Changed the password
did-reset_password = Reset the password
did-move = Moved
did-rotate_secret = Rotated the secret
did-begin_rotation = Began a rotation
did-retire_credential = Retired a credential
did-register_client = Registered the client
did-rotate_fleet = Rotated all secrets
did-set_drift_policy = Set what is done by itself
did-test = Sent a test
did-replay = Asked for a replay
entity-control_plane = Control plane
entity-platform_token = Platform token
entity-administrator = Administrator
entity-dcr_client = Client at a provider
entity-audit_log_webhook = Audit webhook
entity-audit_log_destination = Audit destination
save = Save

# Destinations of portals' audits
webhook-portal-lead = What happens in this portal, sent to one of the organisation’s destinations: who signed in, who asked for what, who decided.
destination = Destination
destination-none = None
destination-hint = Without one, nothing is sent, and what still waits is not sent either.
destinations-title = Audit destinations
destinations-lead = Log collectors to which portals send their audit. The organisation’s own webhook has a page of its own.
destinations-new = New destination
destinations-new-lead = Portals choose it on their Audit page.
destinations-made = The destination is made. Choose it on a portal’s Audit page.
destinations-search = Search by name or endpoint
destinations-none = There is no destination here
destinations-none-next = Make one, or search for something else.
destinations-users = Portals that send there
destinations-users-none = None yet.
destinations-delete = Delete this destination
destinations-delete-free = No portal sends its audit there.
destinations-delete-used = These portals send their audit there. Give each another destination, or none, first.
invalid-authorization-required = Enter the header that the collector asks for.
invalid-audit_log_destination_id-required = Choose a destination before entries are sent.
invalid-audit_log_destination_id-missing_reference = This destination does not exist any more. Choose another.
saved = Saved.
delete-title = Delete { $name }?
invalid-name-required = Enter a name.
invalid-name-min_length = Enter a name.
invalid-required = Fill this in.
did-restore = Brought back

# Inviting a developer
developers-invite = Invite a developer
developers-invite-lead = They get a mail with a link that confirms their address and sets their password.
developers-invite-public = This portal is public: nobody has an account there.
developers-invite-send = Send the invitation
developers-invited = The invitation is on its way to { $email }.
developers-unconfirmed = Not confirmed yet
developers-unconfirmed-text = This developer did not follow the link that was mailed. A link holds for a day; a new one takes its place.
developers-invite-again = Send the invitation again
developers-settled = { $email } needs no invitation: the address is confirmed, or your identity provider signs them in.
developers-email = Email address
developers-standing = May sign in
invite-approved = As soon as the password is set
invite-pending = Only after somebody approves them
invalid-email-taken = This address has an account here already.
invalid-email-required = Enter an email address.
invalid-email-invalid = This is not an email address.
invalid-email-min_length = Enter an email address.
invalid-full_name-required = Enter a name.
invalid-full_name-min_length = Enter a name.

# Further words of the audit
entity-identity_provider = Identity provider of developers
entity-team_groups = Groups of teams
entity-node = Gateway node
entity-organization = Organisation
entity-portal_email_config = Sender of mails
entity-portal_email_template = Text of a mail
entity-portal_page = Page of a portal
entity-api_icon = Icon of an API
entity-portal_snippet = Snippet
entity-system_account = System account
did-map = Mapped
did-unmap = Ended the mapping of
did-adopt_changes = Took over changes of
did-adopt_client = Took over
did-restore_client = Made again
did-delete_orphan = Removed what belonged to nobody
did-dismiss_possible_orphan = Dismissed a possible orphan of
did-set_up_applications = Set up applications of
entity-organization_team = Team of the organisation
did-add_member = Added a member to
did-remove_member = Removed a member from
