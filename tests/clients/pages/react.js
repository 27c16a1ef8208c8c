// A page with `@auth0/auth0-react`, bundled by the test. `window.config` is what the test's server tells.
import { Auth0Provider, useAuth0, withAuthenticationRequired } from '@auth0/auth0-react'
import { createElement as h, useEffect } from 'react'
import { createRoot } from 'react-dom/client'

function Page() {
  const auth0 = useAuth0()
  useEffect(() => {
    window.auth0 = auth0
  })
  if (auth0.error) return h('p', { id: 'who' }, `error ${auth0.error.message}`)
  if (auth0.isLoading) return h('p', { id: 'who' }, 'loading')
  if (location.pathname === '/members') return h(Members)
  return h('p', { id: 'who' }, auth0.isAuthenticated ? auth0.user.email : 'nobody')
}

// Sends whoever is not signed in to the tenant, and back.
const Members = withAuthenticationRequired(() => h('p', { id: 'who' }, `member ${useAuth0().user.email}`))

const config = await (await fetch('/config.json')).json()
createRoot(document.getElementById('root')).render(
  h(
    Auth0Provider,
    {
      domain: config.domain,
      clientId: config.client_id,
      useRefreshTokens: true,
      cacheLocation: 'localstorage',
      authorizationParams: { redirect_uri: location.origin + '/', audience: config.audience, scope: config.scope },
      onRedirectCallback: (state) => history.replaceState({}, '', state?.returnTo ?? '/'),
    },
    h(Page),
  ),
)
