// A browser without pictures and scripts: it keeps cookies, follows redirects, fills forms in.

const entities = { '&amp;': '&', '&quot;': '"', '&#39;': "'", '&lt;': '<', '&gt;': '>' }
const decode = (text) => text.replace(/&(?:amp|quot|#39|lt|gt);/g, (entity) => entities[entity])
const attribute = (tag, name) => {
  const found = tag.match(new RegExp(`\\s${name}=(?:"([^"]*)"|([^\\s>]+))`))
  return found ? decode(found[1] ?? found[2]) : undefined
}

export class Forms {
  #cookies = new Map()

  /** Goes to an address and on until there is a page, or until `stop` says that this address is not to be asked. */
  async go(address, stop = () => false, init = {}) {
    let url = new URL(address)
    for (let hop = 0; hop < 20; hop += 1) {
      if (stop(url)) return { url }
      const headers = { ...init.headers, cookie: this.#sent(url) }
      const response = await fetch(url, { ...init, headers, redirect: 'manual' })
      this.#keep(url, response.headers.getSetCookie())
      const location = response.headers.get('location')
      if (!location) return { url, status: response.status, html: await response.text() }
      await response.body?.cancel()
      url = new URL(location, url)
      init = {}
    }
    throw new Error(`it goes round in circles at ${url}`)
  }

  /** Sends the page's form with these values; `pressed` is the value of the button. */
  async submit(page, values, { pressed, stop } = {}) {
    const form = page.html.match(/<main[\s\S]*?<form\s[\s\S]*?<\/form>/)?.[0].match(/<form\s[\s\S]*/)?.[0]
    if (!form) throw new Error(`no form at ${page.url}: ${page.html}`)
    const body = new URLSearchParams()
    for (const tag of form.match(/<(?:input|button)\s[^>]*>/g) ?? []) {
      const [name, value] = [attribute(tag, 'name'), attribute(tag, 'value') ?? '']
      if (name && (!tag.startsWith('<button') || value === pressed)) body.set(name, values[name] ?? value)
    }
    const target = new URL(attribute(form.match(/<form[^>]*>/)[0], 'action') ?? '', page.url)
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: target.origin }
    return this.go(target, stop, { method: 'POST', headers, body })
  }

  // One jar a host: ports share cookies, as they do in browsers.
  #sent(url) {
    const jar = this.#cookies.get(url.hostname) ?? new Map()
    return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  #keep(url, lines) {
    const jar = this.#cookies.get(url.hostname) ?? new Map()
    this.#cookies.set(url.hostname, jar)
    for (const line of lines) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/)
      if (/max-age=0\b/i.test(line) || value === '') jar.delete(name)
      else jar.set(name, value)
    }
  }
}
