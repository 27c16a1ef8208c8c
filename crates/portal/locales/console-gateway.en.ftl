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
