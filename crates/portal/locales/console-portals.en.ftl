# The console's pages about portals and API products.
name = Name
id = Id
description = Description
labels = Labels
created = Created
updated = Changed
yes = Yes
no = No
save = Save
saved = Saved.
create = Create
cancel = Cancel
removed = { $name } is removed.
danger-zone = Removal
for-good = This cannot be undone.
published = Published
unpublished = Not published
deprecated = Deprecated

# What is wrong with a form
invalid-taken = This exists already. Choose another.
invalid-required = Fill this in.
invalid-name-required = Enter a name.
invalid-name-min_length = Enter a name.
invalid-name-max_length = This name is too long.
invalid-name-taken = Another has this name already. Choose another name.
invalid-custom_domain-taken = Another portal has this domain.
invalid-custom_domain-is_fqdn = Enter a host name such as developers.example.com.
invalid-custom_client_domain-is_fqdn = Enter a host name such as app.example.com.
invalid-max_length = This is too long.
invalid-missing_reference = This does not exist any more. Choose another.
invalid-image-type = Choose a PNG, JPEG, GIF or icon file.
invalid-image-size = This file is too large. Choose one of at most 1.4 MB.
invalid-icon-type = Choose a PNG or JPEG file.
invalid-icon-size = This file is too large. Choose one of at most 1 MB.
invalid-icon-none = Choose a file first, or tick the box to remove the icon.

# Portals
portals-title = Portals
portals-lead = Where developers find your APIs, try them and get credentials for them.
portals-new = New portal
portals-new-lead = Everything can be changed later.
portals-made = The portal is made. See what holds there.
portals-search = Search by name
portals-none = There is no portal here
portals-none-next = Make one, or search for something else.
portals-itself = Portal
portals-content = Content
portals-apis = APIs
portals-overview = Overview
portals-settings = Settings
portals-sign-in = Sign-in
portals-application-setup = Application Setup
portals-appearance = Appearance
portals-products = API products
portals-registrations = Registrations
portals-developers = Developers
portals-teams = Teams
portals-mails = Mails
portals-pages = Pages
portals-applications = Applications
portals-display-name = Display name
portals-display-name-hint = What developers read. Without one they read the name.
portals-name-hint = What the team calls the portal; no two have the same.
portals-address = Address
portals-access = Access
portals-public = Public
portals-private = Private
portals-access-private = Private
portals-access-private-hint = Developers sign in, see what they may see and make applications.
portals-access-public = Public
portals-access-public-hint = Everybody reads everything that is published. Nobody signs in, and nobody makes applications.
portals-rbac = Role-based access
portals-rbac-on = Teams decide who sees which API
portals-rbac-on-hint = Developers see the APIs to which a team of theirs has a role. Without this, every developer sees every API.
portals-auto-developers = New developers
portals-at-once = Approved at once
portals-after-review = Wait for a decision of the team
portals-auto-developers-on = Approve developers by itself
portals-auto-developers-on-hint = Whoever signs up may sign in at once.
portals-auto-applications = New registrations
portals-auto-applications-on = Approve applications’ registrations by itself
portals-auto-applications-on-hint = Applications get access to every API as soon as they ask for it.
portals-custom-domain = Domain of its own
portals-custom-domain-hint = Its name must lead to this portal’s listener.
portals-client-domain = Domain of a client of its own
portals-client-domain-hint = For a portal that you built yourself on the portal’s API; with its port if it has one, such as localhost:3000.
portals-strategy = Default auth strategy
portals-strategy-hint = What APIs that are published without one use.
portals-no-strategy = None
portals-delete = Delete this portal
portals-delete-hint = Its developers, their applications and the credentials of these go with it. You see how many before anything happens.
portals-delete-title = Delete { $name }?
portals-delete-lead = With this portal goes:
portals-delete-developers =
    { $count ->
        [one] one developer with the account and the password
       *[other] { $count } developers with their accounts and passwords
    }
portals-delete-applications =
    { $count ->
        [one] one application: its credentials stop working, its client is removed at the identity provider
       *[other] { $count } applications: their credentials stop working, their clients are removed at the identity provider
    }
portals-delete-taking =
    { $count ->
        [one] one version for which applications may register
       *[other] { $count } versions for which applications may register
    }
portals-delete-products =
    { $count ->
        [one] the publication of one API product; the product itself stays
       *[other] the publication of { $count } API products; the products themselves stay
    }
portals-delete-nothing = nothing but its settings and its appearance
portals-delete-leaving = Some clients could not be removed at the identity provider yet. This goes on by itself; delete the portal again in a minute.
portals-products-none = Nothing is published here
portals-products-none-next = Open an API product and publish it to this portal.

# Appearance
appearance-header = Heading of the catalogue
appearance-welcome = Welcome text
appearance-theme = Theme
theme-mint_rocket = Mint Rocket
theme-mint_rocket-hint = The portal’s usual colours, light or dark as chosen below.
theme-dark_mode = Dark Mode
theme-dark_mode-hint = Dark for everybody.
theme-custom = Colours of your own
theme-custom-hint = All the colours below, the same for everybody.
appearance-colours = Colours
appearance-colours-hint = They count with colours of your own.
colours-section = Areas
colours-section-header = Header
colours-section-body = Body
colours-section-hero = Hero
colours-section-accent = Accent
colours-section-tertiary = Tertiary
colours-section-stroke = Lines
colours-section-footer = Footer
colours-text = Text
colours-text-header = Header
colours-text-hero = Hero
colours-text-headings = Headings
colours-text-primary = Primary
colours-text-secondary = Secondary
colours-text-accent = Accent
colours-text-link = Links
colours-text-footer = Footer
colours-button = Buttons
colours-button-primary_fill = Fill
colours-button-primary_text = Text
appearance-logo = Logo
appearance-favicon = Favicon
appearance-cover = Cover of the catalogue
appearance-image-hint = PNG, JPEG, GIF or icon, at most 1.4 MB.
appearance-image-now = { $image } as it is now
appearance-image-remove = Remove: { $image }

# API products
products-search = Search by name
products-versions = Versions
products-title = API products
products-lead = What developers find in your portals: an API with its versions and its documentation.
products-new = New API product
products-new-lead = Next come its versions, their OpenAPI documents, and where it is published.
products-made = The product is made. Give it a version.
products-none = There is no API product here
products-none-next = Make one, or search for something else.
products-details = Details
products-documents = Documentation
products-portals = Portals
products-description-hint = Developers read it in the catalogue.
products-labels = Labels of the team
products-labels-hint = One a line, such as team: weather. Developers do not see them.
products-public-labels = Labels for developers
products-public-labels-hint = One a line, such as env: production.
products-picture = Picture in the catalogue
products-icon = Icon
products-icon-hint = PNG or JPEG, square and at most 1 MB. It stands beside the name, 40 pixels wide.
products-delete = Delete this product
products-delete-hint = Its versions, documents and registrations go with it. You see how many before anything happens.
delete-title = Delete { $name }?
delete-lead = With it goes:
delete-versions =
    { $count ->
        [one] one version
       *[other] { $count } versions
    }
delete-documents =
    { $count ->
        [one] one page of documentation
       *[other] { $count } pages of documentation
    }
delete-specifications =
    { $count ->
        [one] one OpenAPI document
       *[other] { $count } OpenAPI documents
    }
delete-publications =
    { $count ->
        [one] its place in one portal
       *[other] its places in portals, { $count } in all
    }
delete-registrations =
    { $count ->
        [one] the registration of one application, which loses its access
       *[other] the registrations of { $count } applications, which lose their access
    }
delete-nothing = nothing else

# Versions
usage = Usage
versions-new = New version
versions-made = The version is made. Give it an OpenAPI document, then publish it.
versions-none = There is no version yet
versions-none-next = A version stands in front of a gateway service and is what applications register for.
versions-name-hint = Such as v1; no two of a product have the same.
versions-service = Gateway service
versions-service-hint = The service whose routes this version describes. Access is checked there.
versions-no-service = None
versions-deprecated = Deprecation
versions-deprecated-on = Deprecated
versions-deprecated-on-hint = Developers see that it ends. Whoever has access keeps it.
versions-notify = Notice
versions-notify-on = Tell developers by mail
versions-notify-on-hint = Everybody with an application that is registered for it gets one mail when it becomes deprecated.
versions-delete = Delete this version

# OpenAPI documents
specification-title = OpenAPI document
specification-of = It describes version { $version }.
specification-none = There is none yet.
specification-open = Open the OpenAPI document
specification-saved = The document is saved. Developers read it as the API’s reference.
specification-removed = The document is removed.
specification-file = File
specification-file-hint = YAML or JSON, at most 1 MB. It replaces what stands below.
specification-name = File name
specification-name-hint = It ends in .yaml, .yml or .json. Without one the document gets a usual name.
specification-content = Content
specification-delete = Remove the document
specification-delete-title = Remove the OpenAPI document?
specification-delete-lead = Developers no longer see a reference for this version. Access stays as it is.
specification-faults = This document cannot be used yet
specification-place = Line { $line }, column { $column }:
invalid-content = This is not an OpenAPI document.
invalid-content-invalid = The content has mistakes; they are listed above.
invalid-content-min_length = Choose a file, or paste a document.
invalid-content-max_length = The content is too long: at most 1 MB.
invalid-content-taken = This version has an OpenAPI document already. Reload the page and change that one.
invalid-name-matches_regex = Enter a file name that ends in .yaml, .yml or .json.
fault-json = This is not valid JSON: { $said }
fault-yaml = This is not valid YAML: { $said }
fault-not-openapi = Neither openapi nor swagger stands at the top, so this is not an OpenAPI document.
fault-no-title = The API has no name: set info.title.
fault-no-paths = There are no paths: describe at least one under paths.
fault-slash = The path { $path } must begin with a slash.
fault-operations = The path { $path } must hold operations such as get.

# Publication
publish-in = Published in
publish-in-hint = Developers of these portals find the product. What they see of it is decided version by version.
publish-no-portal-next = Make a portal first.
publish-versions = Versions in portals
publish-versions-hint = For each version: whether developers see it, and how their applications get access.
publish-version = Version
publish-portal = Portal
publish-state = Visibility
publish-state-published = Published
publish-state-published-hint = Developers see this version. The product is published in the portal, too.
publish-state-unpublished = Not published
publish-state-unpublished-hint = Developers do not see this version. What was set here is kept.
publish-strategy = Auth strategy
publish-strategy-hint = How callers prove who they are. Without one the API is open.
publish-registration = Registration
publish-change = Change
publish-set-up = Set up
publish-look = View
publish-not-there = Not there
registration-closed = Closed
registration-closed-hint = Nobody registers for this version.
registration-reviewed = After review
registration-reviewed-hint = The team approves each application.
registration-approved = At once
registration-approved-hint = Applications get access as soon as they register.
publish-title = { $version } in { $portal }
publish-remove = Take out of this portal
publish-remove-hint = What is set here is forgotten. To hide the version for a while, choose “Not published” instead.
publish-remove-title = Take { $version } out of { $portal }?
publish-remove-lead =
    { $count ->
        [0] No application is registered for it there.
        [one] One application that is registered for it there loses its access.
       *[other] { $count } applications that are registered for it there lose their access.
    }
invalid-auth_strategy_ids-required = Applications register with an auth strategy: choose one, or close registration.

# Documentation
documents-lead = Pages in Markdown, in this order, beside the API’s reference.
documents-new = New page
documents-none = There is no documentation yet
documents-none-next = Write a page, or upload a Markdown file.
documents-up = Up
documents-down = Down
publish = Publish
unpublish = Unpublish
documents-title = Title
documents-title-hint = Without one it is the first heading, or the file’s name.
documents-slug = Part of the address
documents-slug-hint = Letters, digits, _ and -. Without one it is made from the title.
documents-parent = Below
documents-top = The top
documents-file = File
documents-file-hint = Markdown, at most 1 MB. It replaces what stands below.
documents-content = Text (Markdown)
documents-state-published = Published
documents-state-unpublished = Not published
documents-state-unpublished-hint = A draft: developers do not see it.
documents-preview = Preview
documents-edit = Edit
documents-source = Source
documents-delete = Delete this page
documents-delete-alone = No other page is below it.
documents-delete-lead = With it go the pages below it:
invalid-title-required = Enter a title.
invalid-title-min_length = Enter a title.
invalid-slug-matches_regex = Use letters, digits, _ and - only.
invalid-slug-required = Enter a part of an address.
invalid-slug-taken = Another page has this part of the address at this place.
invalid-is_label = Keys and values are 1 to 63 letters, digits, “-”, “.” or “_”, with a letter or digit at both ends, and keys do not begin with kong, konnect, mesh, kic or _. Write one a line, as key: value.

# Settings > Application Setup
setup-lead = The identity provider of this portal’s applications: each becomes a client there. What is saved here is kept as a DCR provider and an auth strategy, which becomes the portal’s default.
setup-provider = External identity provider
setup-provider-auth0 = Auth0
setup-provider-okta = Okta
setup-provider-curity = Curity
setup-provider-azureAd = Microsoft Entra ID
setup-provider-stays = Applications or other strategies use this provider, so its type stays.
setup-elsewhere = This portal’s applications become clients at a provider that this page does not know. Its settings are on a page of its own.
setup-replaces = There are settings already, with the issuer { $issuer }. Save replaces them.
setup-replaces-applications =
    { $count ->
        [one] One application has its client there. It works on only if its client is at what is saved, too.
       *[other] { $count } applications have their clients there. They work on only if their clients are at what is saved, too.
    }
setup-replaces-portals = These portals use the same settings, so they change, too: { $names }.
setup-replaces-strategies = These auth strategies use the same DCR provider, so it changes for them, too:
setup-kept-as = Kept as:
setup-saved = The settings are saved. Verify now whether the provider has what it needs.
setup-replaced = The settings are saved. They replace the earlier ones, with the issuer { $issuer }.
setup-verify = Verify
setup-strategy-name = { $portal } application setup
setup-issuer = Issuer
setup-issuer-hint = Such as https://TENANT.us.auth0.com, without a slash at the end.
setup-audience = Client Token Audience
setup-audience-hint = The identifier of the API that tokens are for.
setup-scopes = Scopes
setup-scopes-hint = openid, and with developer managed scopes those that developers choose from, with spaces between them.
setup-managed = Developer managed scopes
setup-managed-on = Use Developer Managed Scopes
setup-managed-on-hint = Developers choose among the scopes. The initial client then needs read:resource_servers, too.
setup-claims = Consumer Claims
setup-claims-hint = The claim that names the client: azp at Auth0.
setup-client-id = Initial Client ID
setup-client-secret = Initial Client Secret
setup-token = API token
setup-secret-hint = Kept sealed; nobody can read it again.
setup-secret-kept = One is kept, and cannot be shown. Leave this empty to keep it.
invalid-issuer-invalid = Enter an address such as https://tenant.us.auth0.com.
invalid-min_length = Fill this in.
invalid-provider_type-in_use = Applications have their clients at the present provider, so its type stays.

# The portal's own domain
domain-title = Domain
domain-lead = Where the names of { $domain } are kept, enter a CNAME record for it that leads to the host below (or A and AAAA records with this portal’s addresses), and let whoever runs this installation answer there with a certificate for it.
domain-target = Leads to
domain-verify = Verify domain
domain-check = What
domain-result = Result
domain-detail = In detail
domain-holds = Holds
domain-lacks = Lacks
domain-leads = Name
domain-leads-holds = The domain leads to this portal.
domain-leads-lacks = The domain leads elsewhere, or nowhere. Change its record; it can take an hour until everybody sees it. Then verify again.
domain-certificate = Certificate
domain-certificate-holds = A server with a trusted certificate answers at this domain.
domain-certificate-lacks = Nobody answers at https:// there with a certificate that browsers trust.
portals-audit = Audit

# How a portal will look
appearance-open = Open the portal
appearance-try = Preview
appearance-preview = Preview
appearance-preview-lead = As it is entered below: “Preview” shows it here, “Save” shows it to developers.
appearance-preview-light = Preview, light
appearance-preview-dark = Preview, dark
appearance-sample-api = Weather
appearance-sample-secondary = Forecasts for every place.
appearance-sample-text = Text of a page, with
appearance-sample-link = a link.
appearance-sample-button = New application
appearance-sample-footer = Footer
appearance-mode = Light or dark
appearance-mode-hint = It counts with Mint Rocket; the other themes are what their colours are.
mode-system = As each reader’s device has it
mode-light = Light for everybody
mode-dark = Dark for everybody
invalid-theme-mode-enum = Choose one of these.
shade-title = Colours in another shade
shade-lead = These would be hard to read where they stand, so the pages show the nearest shade that is not.
shade-of = Colour
shade-chosen = Chosen
shade-shown = Shown
shade-page = Text, primary
shade-surface = Areas, tertiary
shade-sunken = Areas, accent
shade-headings = Text, headings
shade-secondary = Text, secondary
shade-link = Text, links
shade-header = Text, header
shade-hero = Text, hero
shade-footer = Text, footer
shade-button = Buttons, text

# What was removed
for-a-day = You can undo this for a day.
removals-title = Recently removed
removals-lead = Documentation, OpenAPI documents, services, routes, teams and their members, and versions taken out of a portal in the last 24 hours. Until then each can be brought back as it was.
removals-search = Search by name or person
removals-none = Nothing was removed
removals-none-next = What is removed stands here for a day.
removals-kind = What
removals-by = By
removals-when = When
removals-undo = Undo
removals-undo-of = Bring { $name } back
removals-document = Documentation
removals-specification = OpenAPI document
removals-service = Service
removals-route = Route
removals-team = Team
removals-team_member = Membership in a team
removals-portal_product_version = Version in a portal
removals-back = { $name } is back.
removals-taken = Something has taken its place since, or what it belongs to is gone. Nothing was changed.
removals-over = This cannot be brought back any more.

# The addresses from which a portal may be reached
portals-allow-list = IP allow list
allow-list-open = The portal’s pages and client API can be reached from everywhere. With the first entry everybody else is shut out.
allow-list-lead = The portal’s pages and client API answer these network addresses, and nobody else.
allow-list-shut-out = Your own address, as it arrives here, is not among them: { $address }. You would not reach the portal any more; this console you would.
allow-list-anyway = Your own address
allow-list-anyway-on = Shut me out of the portal all the same
allow-list-entry = Entry
allow-list-add = Add addresses
allow-list-addresses = Addresses
allow-list-addresses-hint = One a line: 192.0.2.7, a network such as 192.0.2.0/24, or 2001:db8::/32.
allow-list-description-hint = Whose they are: “Office in Kobe”.
allow-list-delete = Remove addresses
allow-list-delete-title = Remove { $name }?
allow-list-opens = It is the last entry: after that the portal can be reached from everywhere.
allow-list-shuts = Whoever comes from these addresses does not reach the portal any more.
invalid-allowed_ips-invalid = One of these is no address and no network, or stands there twice.
invalid-allowed_ips-min_items = Enter at least one address.
invalid-allowed_ips-max_items = These are too many: an entry has at most 25 addresses, a portal at most 1000 entries.

# The main menu of a portal
portals-navigation = Menu
navigation-lead = What stands in the portal’s main menu, in this order. Without any entry these are the pages at the top.
navigation-none = There is no entry of your own: the menu has the pages at the top.
navigation-unsaved = This is not saved yet.
navigation-entry = Entry { $number }
navigation-title = Title
navigation-title-missing = Enter a title, or remove the entry.
navigation-path = Leads to
navigation-path-hint = A page such as /guides, or an address such as https://status.example.com.
navigation-path-missing = Enter where it leads, or remove the entry.
navigation-readers = Who sees it
navigation-readers-public = Everybody
navigation-readers-private = Who is signed in
navigation-up = Move up
navigation-down = Move down
navigation-remove = Remove
navigation-add = Add an entry

# Developers who lose access
losing-notify = Notice
losing-notify-on = Tell them by mail
losing-notify-on-hint = Each gets one mail, in the language of their browser.
losing-count =
    { $count ->
        [one] One developer has an application that loses its access.
       *[other] { $count } developers have applications that lose their access.
    }
