package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// serveReverseProxy is Go's own proxy with enough idle connections, until ctx is done.
func serveReverseProxy(ctx context.Context, upstream string, out io.Writer) error {
	to, err := url.Parse(upstream)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost, transport.DisableCompression = 1000, true
	server := &http.Server{Handler: &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }, Transport: transport,
	}}
	context.AfterFunc(ctx, func() { server.Close() })
	fmt.Fprintf(out, "Listening on http://%s\nReady.\n", listener.Addr())
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// nginxConfiguration is nginx as one process, so that its CPU time is that of the process, with
// keep-alive connections to the upstream.
const nginxConfiguration = `daemon off;
master_process off;
pid %[1]s/pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path %[1]s/body;
  proxy_temp_path %[1]s/proxy;
  fastcgi_temp_path %[1]s/fastcgi;
  uwsgi_temp_path %[1]s/uwsgi;
  scgi_temp_path %[1]s/scgi;
  upstream peer { server %[2]s; keepalive 1000; }
  server {
    listen %[3]s;
    keepalive_requests 100000000;
    client_max_body_size 0;
    location / {
      proxy_pass http://peer;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
    }
  }
}
`

// becomeNginx replaces this process by nginx. It returns only when that fails.
func becomeNginx(upstream string, out io.Writer) error {
	to, err := url.Parse(upstream)
	if err != nil {
		return err
	}
	path, err := exec.LookPath("nginx")
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil { // nginx cannot take it over: it listens on the port again
		return err
	}
	folder, err := os.MkdirTemp("", "nginx")
	if err != nil {
		return err
	}
	file := filepath.Join(folder, "nginx.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, nginxConfiguration, folder, to.Host, address), 0o600); err != nil {
		return err
	}
	fmt.Fprintf(out, "Listening on http://%s\n", address)
	return syscall.Exec(path, []string{path, "-c", file}, os.Environ())
}
