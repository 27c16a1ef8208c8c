//! Page layout, components, stylesheet, locales, CSRF and browser sessions.
