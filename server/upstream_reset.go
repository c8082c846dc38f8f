package server

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	neturl "net/url"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/upstream"
)

// localStackHealthLimit is how much of an upstream's health is read: LocalStack's is a few KiB.
const localStackHealthLimit = 1 << 20

// resetUpstream passes LocalStack's state reset on to the upstream of a service ("": that of all calls without one
// of their own). url is empty where there is none; passed is false where it is not LocalStack, which it says
// at /_localstack/health.
func (s *Server) resetUpstream(r *http.Request, service string) (url string, passed bool, err error) {
	if s.upstreams == nil || s.upstreams.URL(service) == "" {
		return "", false, nil
	}
	url = s.upstreams.URL(service)
	status, body, err := s.askUpstream(r, service, http.MethodGet, "/_localstack/health")
	if err != nil {
		return url, false, err
	}
	var health struct {
		Services map[string]any `json:"services"`
	}
	if status != http.StatusOK || json.Unmarshal(body, &health) != nil || health.Services == nil {
		return url, false, nil
	}
	path := "/_localstack/state/reset"
	if service != "" {
		path = "/_localstack/state/" + neturl.PathEscape(service) + "/reset"
	}
	status, _, err = s.askUpstream(r, service, http.MethodPost, path)
	if err == nil && status >= 300 {
		err = fmt.Errorf("the upstream %s answered POST %s with HTTP status %d", url, path, status)
	}
	return url, err == nil, err
}

// askUpstream makes a request because of another, whose Via it takes along: upstreams that lead back here are
// noticed by that.
func (s *Server) askUpstream(because *http.Request, service, method, path string) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(because.Context(), method, s.upstreams.URL(service)+path, http.NoBody)
	if err != nil {
		return 0, nil, err
	}
	request.RequestURI = path
	if via := because.Header[upstream.Via]; via != nil {
		request.Header[upstream.Via] = via
	}
	response, err := s.upstreams.Forward(because.Context(), &aws.Call{Service: service}, request, nil, nil)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, localStackHealthLimit))
	return response.StatusCode, body, err
}
