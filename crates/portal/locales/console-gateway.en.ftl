# The console's pages about the gateway.
name = Name
created = Created
state = State
enabled = On
disabled = Off
control-plane = Control plane
none-next = They are made over the platform API or with decK. Search for something else if you expected some.

# Services
services-title = Services
services-lead = Where the gateway forwards calls to.
services-search = Search by name or host
services-none = No services
services-upstream = Upstream

# Routes
routes-title = Routes
routes-lead = Which calls the gateway takes, and the service behind each.
routes-search = Search by name, host or path
routes-none = No routes
routes-takes = Takes
routes-service = Service

# Nodes
nodes-title = Nodes
nodes-lead = Gateways elsewhere that follow this control plane, as this process sees them. The gateway of this process is not listed.
nodes-again = Look again
nodes-newest = Newest revision
nodes-following = Nodes that follow
nodes-none = No other nodes
nodes-none-next = A gateway that is started with this control plane’s address appears here.
nodes-health = Health
nodes-revision = Obeys revision
nodes-since = So since
nodes-seen = Last heard of
nodes-current = Up to date
nodes-behind = Behind
nodes-away = Not connected

# Refusals
refusals-title = Refusals
refusals-lead = What the gateways refused within the last day, and why, as they tell it every few seconds. When there are very many, some are counted and not listed.
refusals-search = Search by path, request id or application
refusals-none = Nothing was refused
refusals-none-next = Calls that gateways refuse appear here within seconds.
refusals-when = When
refusals-request = Request
refusals-reason = Reason
refusals-application = Application
refusals-node = Gateway
refusals-calls = Calls in the last hour
refusals-refused = Refused of them
refusals-reason-no_credential = No credential
refusals-reason-invalid_token = Invalid or expired token
refusals-reason-invalid_client = Wrong client secret
refusals-reason-invalid_key = Unknown or expired key
refusals-reason-unknown_application = Unknown application
refusals-reason-not_registered = Not registered
refusals-reason-wrong_audience = Wrong audience
refusals-reason-insufficient_scope = Scope missing
refusals-reason-issuer_unavailable = Identity provider away
refusals-reason-upstream_unreachable = Upstream unreachable
refusals-reason-upstream_invalid = Upstream’s answer invalid
refusals-reason-upstream_timeout = Upstream too slow
refusals-reason-no_route = No route
refusals-reason-https_required = HTTPS required
refusals-reason-malformed_request = Malformed request
refusals-reason-body_too_large = Body too large
refusals-reason-slow_request = Caller too slow
refusals-reason-not_ready = Gateway not ready
