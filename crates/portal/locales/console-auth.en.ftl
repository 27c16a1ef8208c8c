# The console's pages about application auth.
name = Name
display-name = Display name
id = Id
issuer = Issuer
created = Created
updated = Changed
labels = Labels
labels-hint = One a line, such as team: payments.
published = Published
unpublished = Not published
save = Save
saved = Saved.
cancel = Cancel
back = Back
removed = { $name } is removed.
danger-zone = Removal
for-good = This cannot be undone.
uses = Use
unused = Not used
delete-title = Delete { $name }?
used-strategies =
    { $count ->
        [one] one auth strategy
       *[other] { $count } auth strategies
    }
used-applications =
    { $count ->
        [one] one application
       *[other] { $count } applications
    }
used-versions =
    { $count ->
        [one] one published version
       *[other] { $count } published versions
    }
used-portals =
    { $count ->
        [one] the default of one portal
       *[other] the default of { $count } portals
    }
uses-default = The default of these portals: applications that name no strategy get it, and versions that are published without one.
uses-versions = Versions of API products
uses-version = Version
uses-portal = Portal
uses-status = There
uses-applications = Applications made with it:
secret-kept = One is kept, and cannot be shown. Leave this empty to keep it.

# What is wrong with a form
invalid-required = Fill this in.
invalid-min_length = Fill this in.
invalid-max_length = This is too long.
invalid-invalid = This is not an address such as https://example.com.
invalid-matches_regex = Enter 12 to 256 letters, digits or underscores.
invalid-dependent_fields = This does not go together with the other fields. Enter a token alone, or a client with its secret.
invalid-missing_reference = This does not exist any more. Choose another.
invalid-enum = Choose one that is offered.
invalid-is_integer = Enter a whole number.
invalid-min = This number is too small.
invalid-max = This number is too large.
invalid-min_items = Enter at least one.
invalid-max_items = These are too many.
invalid-is_label = A label is 1 to 63 letters, digits, “-”, “.” or “_”, with a letter or digit at both ends, and “: ” between name and value. Names beginning with kong, konnect, mesh, kic or _ are reserved.
invalid-connection-ca_certificates-invalid = Enter one or more certificates as PEM: from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.
invalid-connection-proxy-invalid = Enter an address such as http://proxy.example.com:3128, without user and password.
invalid-configs-key-auth-key_names-invalid = Enter names that a header can have, such as apikey.
invalid-taken = This exists already. Choose another.

# Lists
auth-title = Application Auth
auth-lead = How developers’ applications get credentials, and how callers prove who they are.
providers-search = Search by name or issuer

# DCR providers
providers-title = DCR providers
providers-new = New DCR provider
providers-new-lead = Choose what you register clients at. Developers see neither its name nor its type.
providers-made = The provider is saved. Verify now whether it has what it needs.
providers-none = There is no DCR provider here
providers-none-next = Make one, or search for something else.
providers-type = Type
providers-used = Used by
providers-settings = Settings
providers-verify = Verify
providers-name-hint = For your team; developers do not see it.
providers-delete = Delete this provider
providers-delete-hint = You see what uses it before anything happens.
providers-delete-free = No auth strategy uses this provider. No application is touched.
providers-delete-used = Auth strategies use this provider. Delete them or give them another provider first.
agreement = Agreement with the portal
provider-type-auth0 = Auth0
provider-type-auth0-hint = Auth0, or this installation’s own tenant: clients are made with the Management API.
provider-type-okta = Okta
provider-type-okta-hint = Clients are made with an API token.
provider-type-curity = Curity
provider-type-curity-hint = Clients are registered with a client that may do so.
provider-type-azureAd = Microsoft Entra ID
provider-type-azureAd-hint = App registrations are made with Microsoft Graph.
provider-type-http = HTTP bridge
provider-type-http-hint = A service of your own that registers clients anywhere.
provider-type-rfc7591 = OAuth dynamic client registration
provider-type-rfc7591-hint = Any server that follows RFC 7591, with a token, a client, or open to all.
provider-type-kongIdentity = Kong Identity
issuer-hint = The issuer’s address, without a slash at the end.
issuer-hint-auth0 = The tenant’s address, such as https://TENANT.us.auth0.com, without a slash at the end.
dcr-initial_client_id = Initial Client ID
dcr-initial_client_id-hint = Of the machine-to-machine application that may make clients.
dcr-initial_client_secret = Initial Client Secret
dcr-initial_client_secret-hint = Kept sealed; nobody can read it again.
dcr-initial_client_audience = Client Audience
dcr-initial_client_audience-hint = With a custom domain: the identifier of the Management API. Otherwise leave this empty.
dcr-use_developer_managed_scopes = Developer managed scopes
dcr-use_developer_managed_scopes-on = Use Developer Managed Scopes
dcr-use_developer_managed_scopes-on-hint = Developers choose among the strategy’s scopes. At Auth0 the initial client then needs read:resource_servers, too.
dcr-dcr_token = API token
dcr-dcr_token-hint = Kept sealed; nobody can read it again.
dcr-dcr_base_url = Address of the bridge
dcr-dcr_base_url-hint = Such as https://bridge.example.com/dcr
dcr-api_key = API key
dcr-api_key-hint = 12 to 256 letters, digits or underscores. Kept sealed; nobody can read it again.
dcr-disable_event_hooks = Events
dcr-disable_event_hooks-on = Do not tell the bridge of events
dcr-disable_refresh_secret = Secrets
dcr-disable_refresh_secret-on = The bridge cannot make new secrets
dcr-allow_multiple_credentials = Several secrets
dcr-allow_multiple_credentials-on = A client may have several secrets
dcr-registration_endpoint = Registration endpoint
dcr-registration_endpoint-hint = Only if the issuer’s metadata does not name it.
dcr-initial_access_token = Initial access token
dcr-initial_access_token-hint = Enter this, or a client and its secret, or neither.
dcr-initial_client_scope = Scope of the initial client
dcr-initial_client_scope-hint = What the initial client asks for when it registers others.

# Auth strategies
strategies-title = Auth strategies
strategies-search = Search by name or display name
strategies-none = There is no auth strategy here
strategies-none-next = Make one, or search for something else.
strategies-new = New auth strategy
strategies-new-lead = Choose how applications get credentials. It cannot be changed later.
strategies-made = The strategy is saved. Choose it where an API product is published, or as the default of a portal.
strategies-choose-provider = Choose the DCR provider. The strategy takes over its issuer.
strategies-no-provider-next = Make a DCR provider first: applications become clients there.
strategies-type = Type
strategies-provider = DCR provider
strategies-provider-hint = Where applications become clients. With another provider, change the issuer, too.
strategies-provider-used =
    { $count ->
        [one] One application has its client at the present provider. It works with another one only if its client is there, too.
       *[other] { $count } applications have their clients at the present provider. They work with another one only if their clients are there, too.
    }
strategies-name-hint = For your team; developers do not see it.
strategies-display-hint = What developers read when they make an application.
strategies-key-names = Key names
strategies-key-names-hint = Names of the header or query argument that carries the key; up to ten, with commas between them.
strategies-ttl = Lifetime of a key
strategies-ttl-hint = Keys end after so long. Developers may choose less. Empty: keys do not end.
strategies-ttl-unit = Unit of the lifetime
ttl-unit-days = days
ttl-unit-weeks = weeks
ttl-unit-years = years
strategies-scopes = Scopes
strategies-scopes-hint = With spaces between them. With developer managed scopes developers choose among them; openid is always granted.
strategies-claim = Credential claims
strategies-claim-hint = The claim of a token that names the client: azp at Auth0. For a claim inside another one the path, with commas.
strategies-audience = Audience
strategies-audience-hint = The identifier of the API that tokens are for; at Auth0 that of Applications > APIs. The gateway asks for it.
strategies-methods = Auth methods
method-client_credentials-hint = Callers send client id and secret; the gateway gets a token for them.
method-bearer-hint = Callers send a token that they got themselves.
method-session-hint = After the first call a cookie stands for the token.
strategies-advanced = Advanced settings
strategies-advanced-hint = Further settings of the OpenID Connect plugin as a JSON object, such as leeway or audience_required.
strategies-sealed = Kept sealed and not shown: { $names }. Leave these out to keep them; null removes one.
strategies-delete = Delete this strategy
strategies-delete-free = Nothing uses this strategy. No application is touched.
strategies-delete-provider = The DCR provider { $name } stays.
strategies-delete-used = The strategy is in use, so it cannot be deleted yet.
strategies-delete-versions = Versions of API products ask for it. Choose another strategy for them, or none.
strategies-delete-applications = Applications were made with it. They have to be deleted first.
strategies-delete-default = A portal has it as its default. Give the portal another one.
strategy-type-client_credentials = Dynamic client registration
strategy-type-client_credentials-hint = An application becomes a client at a DCR provider, and its developer gets client id and secret once.
strategy-type-self_managed_client_credentials = Self-managed OpenID Connect
strategy-type-self_managed_client_credentials-hint = Developers have clients at your identity provider already, and enter the client id.
strategy-type-key_auth = API keys
strategy-type-key_auth-hint = Developers make keys, each with a name and an end, and send one with every call.

# What is wrong with the advanced settings
json-syntax = This is not JSON: line { $line }, column { $column }.
json-not-an-object = Enter a JSON object, such as {"{"} "leeway": 5 {"}"}.
json-own = “{ $field }” has a field of its own above.
json-unknown_property = “{ $field }” is no setting of the plugin.
json-invalid = “{ $field }” does not hold what the plugin expects there.
json-is_boolean = “{ $field }” must be true or false.
json-is_integer = “{ $field }” must be a whole number.
json-is_string = “{ $field }” must be a text.
json-is_array = “{ $field }” must be a list.
json-is_object = “{ $field }” must be an object.
json-is_fqdn = “{ $field }” must be a host name.
json-min = “{ $field }” must be at least { $bound }.
json-max = “{ $field }” must be at most { $bound }.
json-min_length = “{ $field }” must have at least { $bound } characters.
json-max_length = “{ $field }” must not have more than { $bound } characters.
json-max_items = “{ $field }” must not hold more than { $bound } entries.
json-enum = “{ $field }” must be one of: { $bound }.
json-dependent_fields = “{ $field }” must hold as many entries as “{ $bound }”.

# Verify
verify-lead = Tries every permission and setting that the provider’s strategies need: a client is made at the provider and removed again.
verify-now = Verify
verify-again = Verify again
verify-holds = Everything holds. Applications can be made at this provider.
verify-missing =
    { $count ->
        [one] One thing is missing. Change it as said below, then verify again.
       *[other] { $count } things are missing. Change them as said below, then verify again.
    }
verify-results = Results
verify-check = Permission or setting
verify-result = Result
verify-detail = In detail
verify-held = Held
verify-lacks = Missing
check-settings = Settings
check-discovery = Issuer’s metadata
check-authorization_server = Authorization server
check-management_token = Initial client
check-initial_token = Initial client
check-registration_endpoint = Registration endpoint
check-audience = Audience
check-token = Token of a new client
check-credential_claim = Credential claim
check-create = Make a client
check-find = Find a client
check-update = Change a client
check-rotate = New secret
check-delete = Remove a client
check-clean_up = Clean up
mend-permission = At the tenant: Applications > Applications, open the initial client, then APIs > Management API. Tick { $permission } and save.
mend-settings = Change it on the tab Settings.
mend-discovery = Correct the issuer on the tab Settings, and see whether this machine reaches it.
mend-management_token = Check the initial client’s id, secret and audience on the tab Settings, and at the tenant that it is authorised for the Management API.
mend-initial_token = Check the initial client’s id and secret on the tab Settings.
mend-audience = Correct the audience of the auth strategy, or create an API with that identifier at the provider.
mend-credential_claim = Correct the credential claims of the auth strategy.
mend-token = See what the provider’s own log says of this request.
mend-other = Change it at the provider, then verify again.
