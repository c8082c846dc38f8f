package upstream

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// What stands in the host only, such as a function's name, is not lost where an address becomes the gateway's.
func TestAddressesWithNamesInTheirHost(t *testing.T) {
	t.Parallel()
	const gateway = "127.0.0.1:4566"
	for _, test := range []struct{ gateway, from, want string }{
		{gateway, "http://127.0.0.1:4567/q", "http://127.0.0.1:4566/q"},
		{gateway, "http://localhost.localstack.cloud:4567/q", "http://127.0.0.1:4566/q"},
		{gateway, "http://sqs.eu-west-1.localhost.localstack.cloud:4567/0/q", "http://127.0.0.1:4566/0/q"},
		{gateway, "http://eu-west-1.queue.localhost.localstack.cloud:4567/0/q", "http://127.0.0.1:4566/0/q"},
		{gateway, "http://s3.localhost.localstack.cloud:4567/b/k", "http://127.0.0.1:4566/b/k"},
		{gateway, "http://s3.eu-west-1.localhost.localstack.cloud:4567/b/k", "http://127.0.0.1:4566/b/k"},
		{gateway, "http://photos.s3.localhost.localstack.cloud:4567/", "http://127.0.0.1:4566/photos/"},
		{gateway, "http://photos.2026.s3.us-west-2.localhost.localstack.cloud:4567/k", "http://127.0.0.1:4566/photos.2026/k"},
		{gateway, "http://s3.photos.s3.localhost.localstack.cloud:4567/k", "http://127.0.0.1:4566/s3.photos/k"},
		{gateway, "http://photos.s3-website.localhost.localstack.cloud:4567/", "http://photos.s3-website.localhost.localstack.cloud:4566/"},
		{gateway, "https://f1.lambda-url.us-east-1.localhost.localstack.cloud:4567/", "http://f1.lambda-url.us-east-1.localhost.localstack.cloud:4566/"},
		{gateway, "http://a1.execute-api.localhost:4567/dev", "http://a1.execute-api.localhost:4566/dev"},
		{"[::1]:4566", "http://a1.execute-api.localhost:4567/dev", "http://a1.execute-api.localhost:4566/dev"},
		{"localhost", "http://a1.execute-api.localhost.localstack.cloud:4567/dev", "http://a1.execute-api.localhost.localstack.cloud/dev"},
		{"sqs.us-east-1.localhost.localstack.cloud:4566", "http://a1.execute-api.localhost.localstack.cloud:4567", "http://a1.execute-api.localhost.localstack.cloud:4566"},
		{"brownout:4566", "http://a1.execute-api.localhost.localstack.cloud:4567/dev", "http://a1.execute-api.brownout:4566/dev"},
		{gateway, "http://a1.execute-api.emulator.test:80/", "http://a1.execute-api.localhost:4566/"},
		{"10.0.0.5:4566", "http://a1.execute-api.emulator.test/", "http://a1.execute-api.emulator.test/"},
		{"10.0.0.5:4566", "http://photos.s3.emulator.test/k", "http://10.0.0.5:4566/photos/k"},
		{gateway, "http://photos.s3.localhost.localstack.cloud:4568/", "http://photos.s3.localhost.localstack.cloud:4568/"},
		{gateway, "http://.emulator.test/", "http://.emulator.test/"},
	} {
		e, err := newEndpoint("http://127.0.0.1:4567", Config{Hosts: []string{"*.emulator.test:80"}})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "http://"+test.gateway+"/", nil)
		header := http.Header{"Location": {test.from}}
		e.rewriteLocation(r, header)
		if got := header.Get("Location"); got != test.want {
			t.Errorf("through %s, the header %s became %s, want %s", test.gateway, test.from, got, test.want)
		}
		to, _ := base(r)
		body, _ := e.rewrite([]byte(`<Location>`+test.from+`</Location>`), to)
		if got := string(body); got != `<Location>`+test.want+`</Location>` {
			t.Errorf("through %s, the text %s became %s, want %s", test.gateway, test.from, got, test.want)
		}
	}
}
