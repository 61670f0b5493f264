// Swagger UI over our own document, with our CSRF token on what is tried from the page.
const place = document.getElementById("api-docs");
const token = document.querySelector("meta[name=csrf-token]")?.content;

window.SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (token && new URL(request.url, location.href).origin === location.origin) request.headers["X-CSRFToken"] = token;
    return request;
  },
});
