//! A developer's applications.

use std::time::Duration;

use oauth::redirect_uri::ApplicationKind;
use oauth::{ClientSecret, ShownOnce};
use url::Url;
use web::components::ListQuery;

use super::{ReaderFacts, Source};
use crate::model::{
    Application, ApplicationId, ApplicationStatus, AuthStrategy, CredentialType, Labels,
    ProductVersionId, RegistrationId, StrategyConfig,
};
use crate::pages::refusal::missing;
use crate::pages::view::application::{Companion, Details, PAGE_SIZE, Row};
use crate::pages::view::application_form::{Entered, Strategy};
use crate::pages::view::registration::{Candidate, RegistrationRow};
use crate::service::applications::{
    ApplicationChanges, NewApplication, NewRegistration, Removal, RotatedSecret, lifetime,
};
use crate::store::listing::{Filter, Listing, Sort, Test};
use crate::{Error, Violation, store};

/// An application that was just made.
pub(crate) struct Made {
    pub(crate) id: String,
    /// Client id and secret, with DCR.
    pub(crate) credentials: Option<(String, ShownOnce<ClientSecret>)>,
}

impl Source {
    /// One page of the reader's applications, newest first, and how many there are.
    pub(crate) async fn applications(
        &self,
        reader: &ReaderFacts,
        list: &ListQuery,
    ) -> Result<(Vec<Row>, u64), Error> {
        let (column, descending) = match list.sort(&["name", "created"]) {
            Some(("name", descending)) => ("t.name", descending),
            Some((_, descending)) => ("t.created_at", descending),
            None => ("t.created_at", true),
        };
        let named = list.search().map(|text| Filter {
            column: "t.name",
            test: Test::Contains(vec![text.to_owned()]),
        });
        let listing = Listing {
            filters: named.into_iter().collect(),
            sort: vec![Sort { column, descending }],
            size: PAGE_SIZE,
            number: list.page(),
        };
        let listing = store::applications::owned(listing, reader.developer()?.id);
        let listing = store::companions::without(listing);
        let (found, total) = store::applications::list(self.db(), &listing).await?;
        let teams = found.iter().filter_map(|application| application.team_id);
        let teams = store::teams::among(self.db(), teams).await?;
        let companions = store::companions::of(self.db(), found.iter().map(|one| one.id)).await?;
        let others = companions.values().flatten().copied();
        let others = store::applications::among(self.db(), others).await?;
        let mut rows = Vec::new();
        for application in found {
            let team = application.team_id.and_then(|id| teams.get(&id));
            let further = companions.get(&application.id).into_iter().flatten();
            let further = further.filter_map(|id| others.get(id));
            let further = further.filter(|one| one.status == ApplicationStatus::Active);
            let (mut ways, mut registered) = (Vec::new(), 0);
            for one in std::iter::once(&application).chain(further) {
                let way = self.strategy_of(one).await?.credential_type();
                if !ways.contains(&way.as_str()) {
                    ways.push(way.as_str());
                }
                let registrations = store::registrations::of_application(self.db(), one.id).await?;
                registered += registrations.len();
            }
            rows.push(Row {
                id: application.id.to_string(),
                name: application.name,
                team: team.map(|team| team.name.clone()),
                credential_types: ways.into_iter().map(str::to_owned).collect(),
                registrations: i64::try_from(registered).unwrap_or(i64::MAX),
                created_at: application.created_at.as_millis(),
            });
        }
        Ok((rows, u64::try_from(total).unwrap_or(0)))
    }

    /// One of the reader's applications.
    ///
    /// # Errors
    /// `NotFound` if it is another developer's.
    pub(crate) async fn application(
        &self,
        reader: &ReaderFacts,
        id: &str,
    ) -> Result<Details, Error> {
        let application = self.own(reader, id).await?;
        let strategy = self.strategy_of(&application).await?;
        let kind = strategy.credential_type();
        let mut registrations = Vec::new();
        for registration in store::registrations::of_application(self.db(), application.id).await? {
            let version =
                store::product_versions::find(self.db(), registration.product_version_id).await?;
            let Some(version) = version else { continue };
            let product = store::api_products::find(self.db(), version.api_product_id).await?;
            registrations.push(RegistrationRow {
                id: registration.id.to_string(),
                product_id: version.api_product_id.to_string(),
                product_name: product.map(|product| product.name).unwrap_or_default(),
                version_name: version.name,
                status: registration.status.as_str().to_owned(),
                scopes: registration.granted_scopes.unwrap_or_default(),
                created_at: registration.created_at.as_millis(),
            });
        }
        let (key_names, longest) = match &strategy.config {
            StrategyConfig::KeyAuth(config) => (config.key_names.clone(), config.ttl),
            StrategyConfig::OpenidConnect(_) => (Vec::new(), None),
        };
        let granted = self.applications.granted(&application).await?;
        let heard = self.portal.publisher().hears_all();
        let credentials = match kind {
            CredentialType::ClientCredentials => {
                self.applications.credentials(&application, heard).await?
            }
            _ => Vec::new(),
        };
        let sharing = self.sharing_of(reader, &application).await?;
        let main = self.main_of(&application).await?;
        let mut companions = Vec::new();
        if main.is_none() {
            for one in self.applications.with_companions(&application).await? {
                if one.id != application.id {
                    companions.push(self.companion(&one).await?);
                }
            }
        }
        let taken = companions.iter().map(|companion| &companion.strategy_id);
        let taken: Vec<_> = taken.chain([&strategy.id.to_string()]).cloned().collect();
        let can_grow = main.is_none() && {
            let mut offered = self.strategies(reader).await?.into_iter();
            offered.any(|offered| !taken.contains(&offered.id))
        };
        Ok(Details {
            id: application.id.to_string(),
            can_share: main.is_none() && sharing.is_possible(),
            main,
            companions,
            can_grow,
            team: sharing.owning.map(|team| team.name),
            keys: self.keys(application.id).await?,
            name: application.name,
            description: application.description,
            redirect_uri: application.redirect_uri,
            scopes: granted.unwrap_or(application.scopes),
            strategy: strategy.display_name,
            credential_type: kind.as_str().to_owned(),
            credentials,
            can_rotate: kind == CredentialType::ClientCredentials,
            client_id: application.client_id,
            key_names,
            longest_key: longest.map(lifetime),
            registrations,
            created_at: application.created_at.as_millis(),
            updated_at: application.updated_at.as_millis(),
        })
    }

    /// The application to which a companion belongs: its id and name.
    async fn main_of(&self, application: &Application) -> Result<Option<(String, String)>, Error> {
        let Some(id) = store::companions::main_of(self.db(), application.id).await? else {
            return Ok(None);
        };
        let main = store::applications::find(self.db(), id).await?;
        Ok(main.map(|main| (main.id.to_string(), main.name)))
    }

    async fn companion(&self, application: &Application) -> Result<Companion, Error> {
        let strategy = self.strategy_of(application).await?;
        Ok(Companion {
            id: application.id.to_string(),
            strategy_id: strategy.id.to_string(),
            credential_type: strategy.credential_type().as_str().to_owned(),
            strategy: strategy.display_name,
        })
    }

    /// What an application of the reader's may sign in with besides, and what it is called.
    pub(crate) async fn further_strategies(
        &self,
        reader: &ReaderFacts,
        id: &str,
    ) -> Result<(Application, Vec<Strategy>), Error> {
        let application = self.own(reader, id).await?;
        let all = self.applications.with_companions(&application).await?;
        let taken: Vec<_> = all
            .iter()
            .map(|one| one.auth_strategy_id.to_string())
            .collect();
        let mut offered = self.strategies(reader).await?;
        offered.retain(|strategy| !taken.contains(&strategy.id));
        Ok((application, offered))
    }

    /// What a new application may sign in with.
    pub(crate) async fn strategies(&self, reader: &ReaderFacts) -> Result<Vec<Strategy>, Error> {
        let site = store::sites::find(self.db(), reader.portal.id)
            .await?
            .ok_or_else(missing)?;
        let mut strategies = Vec::new();
        for strategy in reader.audience.strategies(self.db()).await? {
            strategies.push(Strategy {
                id: strategy.id.to_string(),
                credential_type: strategy.credential_type().as_str().to_owned(),
                scopes: self.choosable_scopes(&strategy).await?,
                is_default: site.default_auth_strategy_id == Some(strategy.id),
                name: strategy.display_name,
            });
        }
        Ok(strategies)
    }

    pub(crate) async fn create_application(
        &self,
        reader: &ReaderFacts,
        entered: &Entered,
    ) -> Result<Made, Error> {
        let mut wrong = faults(entered);
        let strategy = match entered.auth_strategy_id.as_str() {
            "" => None,
            id => id
                .parse()
                .map_err(|_| wrong.push(choose("auth_strategy_id")))
                .ok(),
        };
        if strategy.is_none() && wrong.iter().all(|fault| fault.field != "auth_strategy_id") {
            wrong.push(choose("auth_strategy_id"));
        }
        let redirect_uri = redirect_uri(entered, &mut wrong);
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        let companion_of = match entered.beside.as_str() {
            "" => None,
            id => Some(self.own(reader, id).await?.id),
        };
        let new = NewApplication {
            portal_id: reader.portal.id,
            developer_id: reader.developer()?.id,
            auth_strategy_id: strategy,
            name: entered.name.clone(),
            description: filled(&entered.description),
            redirect_uri,
            reference_id: filled(&entered.reference_id),
            scopes: entered.scopes.clone(),
            idempotency_key: filled(&entered.request),
            labels: Labels::new(),
            companion_of,
        };
        let made = self.applications.create(&self.ctx(reader)?, new).await?;
        let (made, _) = self.settled(made).await;
        let client_id = made.application.client_id.unwrap_or_default();
        Ok(Made {
            id: made.application.id.to_string(),
            credentials: made.client_secret.map(|secret| (client_id, secret)),
        })
    }

    pub(crate) async fn update_application(
        &self,
        reader: &ReaderFacts,
        id: &str,
        entered: &Entered,
    ) -> Result<(), Error> {
        let application = self.own(reader, id).await?;
        let mut wrong = faults(entered);
        let redirect_uri = redirect_uri(entered, &mut wrong);
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        let oauth =
            self.strategy_of(&application).await?.credential_type() != CredentialType::KeyAuth;
        let changes = ApplicationChanges {
            name: Some(entered.name.clone()),
            description: Some(filled(&entered.description)),
            redirect_uri: oauth.then_some(redirect_uri),
            reference_id: None,
        };
        let ctx = self.ctx(reader)?;
        let changed = self
            .applications
            .update(&ctx, &application, changes)
            .await?;
        self.settled(changed).await;
        // One application to its developer has one name.
        for one in self.applications.with_companions(&application).await? {
            if one.id != application.id && one.name != entered.name {
                let renamed = ApplicationChanges {
                    name: Some(entered.name.clone()),
                    ..ApplicationChanges::default()
                };
                let renamed = self.applications.update(&ctx, &one, renamed).await?;
                self.settled(renamed).await;
            }
        }
        Ok(())
    }

    /// Deletes, and says whether the client is gone too; names the gateways that have not confirmed it.
    pub(crate) async fn delete_application(
        &self,
        reader: &ReaderFacts,
        id: &str,
    ) -> Result<(Removal, Vec<String>), Error> {
        let application = self.own(reader, id).await?;
        let deleted = self
            .applications
            .delete(&self.ctx(reader)?, &application)
            .await?;
        Ok(self.settled(deleted).await)
    }

    /// Names of the reader's applications that are deleted, while their clients are still to be
    /// removed at the identity provider.
    pub(crate) async fn leaving(&self, reader: &ReaderFacts) -> Result<Vec<String>, Error> {
        let own = store::applications::of_developer(self.db(), reader.developer()?.id).await?;
        let leaving = own
            .into_iter()
            .filter(|application| application.status == ApplicationStatus::Deleting);
        Ok(leaving.map(|application| application.name).collect())
    }

    /// A text that nobody can guess and that was never drawn before.
    pub(crate) fn random(&self) -> String {
        self.portal.entropy().hex(32)
    }

    /// The new credential. The present one works on for `overlap`.
    pub(crate) async fn rotate_secret(
        &self,
        reader: &ReaderFacts,
        id: &str,
        overlap: Duration,
    ) -> Result<RotatedSecret, Error> {
        let application = self.own(reader, id).await?;
        let ctx = self.ctx(reader)?;
        let rotated = self.applications.rotate(&ctx, &application, overlap);
        Ok(self.settled(rotated.await?).await.0)
    }

    /// Ends an old credential, and names the gateways that have not confirmed it.
    pub(crate) async fn retire(
        &self,
        reader: &ReaderFacts,
        id: &str,
        credential: &str,
    ) -> Result<Vec<String>, Error> {
        let application = self.own(reader, id).await?;
        let ctx = self.ctx(reader)?;
        let ended = self.applications.retire(&ctx, &application, credential);
        Ok(self.settled(ended.await?).await.1)
    }

    /// The reader's applications that could be registered for a version: created with its strategy, ready,
    /// and not registered yet.
    pub(crate) async fn candidates(
        &self,
        reader: &ReaderFacts,
        version: &str,
    ) -> Result<Vec<Candidate>, Error> {
        let version: ProductVersionId = version.parse().map_err(|_| missing())?;
        let publication =
            store::publications::find_in(self.db(), reader.portal.id, version).await?;
        let strategy = publication.and_then(|publication| publication.auth_strategy_id);
        let mut candidates = Vec::new();
        let owned =
            store::applications::owned(Listing::all("t.created_at"), reader.developer()?.id);
        let (owned, _) = store::applications::list(self.db(), &owned).await?;
        for application in owned {
            if Some(application.auth_strategy_id) != strategy {
                continue;
            }
            let registered =
                store::registrations::find_for(self.db(), application.id, version).await?;
            if registered.is_none() {
                candidates.push(Candidate {
                    id: application.id.to_string(),
                    name: application.name,
                });
            }
        }
        Ok(candidates)
    }

    /// Registers, and gives the registration's status.
    pub(crate) async fn register(
        &self,
        reader: &ReaderFacts,
        id: &str,
        version: &str,
        scopes: &[String],
    ) -> Result<String, Error> {
        let application = self.own(reader, id).await?;
        let new = NewRegistration {
            product_version_id: version.parse().map_err(|_| missing())?,
            scopes: scopes.to_vec(),
            status: None,
        };
        let made = self
            .applications
            .register(&self.ctx(reader)?, &application, new)
            .await?;
        let (registration, _) = self.settled(made).await;
        Ok(registration.status.as_str().to_owned())
    }

    /// Ends a registration, and names the gateways that have not confirmed it.
    pub(crate) async fn unregister(
        &self,
        reader: &ReaderFacts,
        id: &str,
        registration: &str,
    ) -> Result<Vec<String>, Error> {
        let application = self.own(reader, id).await?;
        let registration: RegistrationId = registration.parse().map_err(|_| missing())?;
        let ended = self
            .applications
            .unregister(&self.ctx(reader)?, &application, registration)
            .await?;
        Ok(self.settled(ended).await.1)
    }

    pub(super) async fn own(&self, reader: &ReaderFacts, id: &str) -> Result<Application, Error> {
        let id: ApplicationId = id.parse().map_err(|_| missing())?;
        self.applications
            .get(id, Some(reader.developer()?.id))
            .await
    }

    async fn strategy_of(&self, application: &Application) -> Result<AuthStrategy, Error> {
        let found = store::strategies::find(self.db(), application.auth_strategy_id).await?;
        found.ok_or_else(|| Error::Internal("an application's strategy is gone".into()))
    }
}

fn faults(entered: &Entered) -> Vec<Violation> {
    let mut wrong = Vec::new();
    if entered.name.is_empty() {
        wrong.push(Violation::body("name", "required", "is required"));
    }
    for (field, value) in [
        ("name", &entered.name),
        ("description", &entered.description),
        ("reference_id", &entered.reference_id),
    ] {
        if value.chars().count() > 255 {
            let fault = Violation::body(
                field,
                "max_length",
                "must not have more than 255 characters",
            );
            wrong.push(fault.with(crate::Bound::Maximum(255)));
        }
    }
    wrong
}

fn choose(field: &str) -> Violation {
    Violation::body(field, "required", "is required")
}

fn redirect_uri(entered: &Entered, wrong: &mut Vec<Violation>) -> Option<Url> {
    let text = filled(&entered.redirect_uri)?;
    let checked = oauth::redirect_uri::check(&text, ApplicationKind::Native);
    match checked.map(|()| Url::parse(&text)) {
        Ok(Ok(uri)) => Some(uri),
        Ok(Err(_)) | Err(_) => {
            wrong.push(Violation::body(
                "redirect_uri",
                "invalid",
                "must be an absolute address",
            ));
            None
        }
    }
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
