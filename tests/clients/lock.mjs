// Lock as the vendor ships it, for pages without a bundler of their own.
import Lock from "auth0-lock";

window.Auth0Lock = Lock.default ?? Lock;
