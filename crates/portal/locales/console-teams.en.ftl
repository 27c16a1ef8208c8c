# The console's pages about teams of developers.
name = Name
description = Description
status = Status
created = Created
create = Create
save = Save
saved = Saved.
cancel = Cancel
removed = { $name } is removed.
danger-zone = Removal
for-a-day = You can undo this for a day.
choose = Choose
choose-one = Choose { $name }
none-chosen = Choose at least one first.

teams-title = Teams
teams-search = Search by name or description
teams-none = No teams
teams-none-next = A team’s developers may do the same. Make one, or search for something else.
teams-new = New team
teams-new-lead = Next come its developers, and what they may do with each API.
teams-made = The team is made. Choose its developers.
teams-rbac-on = Developers see only the APIs for which a team of theirs has a role.
teams-rbac-off = Roles decide nothing yet: every developer of this portal sees every API. Give roles first, then turn on role-based access.
teams-rbac-public = This portal is public: everybody reads everything, and there are no developers.
teams-rbac-settings = Settings of the portal
teams-applications = Applications
teams-settings = Settings
teams-own = Applications
teams-own-on = The team may own applications
teams-own-on-hint = A developer can share an application with the team. Each of its developers may then do with it what they could: change it, register it, rotate its credentials and delete it.
invalid-name-taken = Another team of this portal has this name.
invalid-name-min_length = Enter a name.

# Developers
teams-members = Developers
teams-members-search = Search by name or email address
teams-members-none = No developers
teams-members-none-next = Add some, or search for somebody else.
teams-add = Add developers
teams-add-title = Add developers to { $name }
teams-add-lead = They may do at once what the team’s roles allow.
teams-add-search = Search by name or email address
teams-add-none = Nobody to add
teams-add-none-next = Every developer of the portal is in the team, or nobody fits the search.
teams-add-button = Add those chosen
teams-added =
    { $count ->
        [one] The developer is in the team.
       *[other] { $count } developers are in the team.
    }
teams-remove = Remove
teams-remove-title = Remove { $name } from { $team }?
teams-remove-lead = They may no longer do what the team’s roles allow, and no longer get at the team’s applications. The account stays.
teams-removed = { $name } is no longer in the team.
teams-registrations-stay = Registrations that there are go on: gateways let their applications in until you revoke them.

# Roles
teams-roles = Roles
teams-roles-search = Search APIs by name
teams-roles-none = No APIs
teams-roles-none-next = Publish an API product to this portal, or search for something else.
teams-roles-save = Save roles
teams-roles-saved =
    { $count ->
        [0] No role changed.
        [one] One role changed.
       *[other] { $count } roles changed.
    }
teams-api = API
teams-role = Role
teams-role-for = Role for { $api }
teams-role-none = None
teams-role-viewer = API Viewer: read
teams-role-consumer = API Consumer: read and register

# Removal
teams-delete = Delete this team
teams-delete-hint = Its developers stay, without what its roles allow.
teams-delete-title = Delete { $name }?
teams-delete-lead = With it goes:
teams-delete-members =
    { $count ->
        [one] the membership of one developer, whose account stays
       *[other] the membership of { $count } developers, whose accounts stay
    }
teams-delete-roles =
    { $count ->
        [one] one role
       *[other] { $count } roles
    }
teams-delete-applications =
    { $count ->
        [one] its hold on one application, which goes back to its developer alone
       *[other] its hold on { $count } applications, each of which goes back to its developer alone
    }
teams-delete-nothing = nothing else
