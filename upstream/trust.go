package upstream

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// trusting is a configuration that verifies upstreams as usual, but trusts the certificates of a file, too. The
// file is read with each handshake: an upstream that makes a certificate at its start can start again.
func trusting(file string) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // VerifyConnection does it, with the roots as they are then
		VerifyConnection: func(state tls.ConnectionState) error {
			roots, err := trusted(file)
			if err != nil {
				return err
			}
			options := x509.VerifyOptions{DNSName: state.ServerName, Roots: roots, Intermediates: x509.NewCertPool()}
			for _, certificate := range state.PeerCertificates[1:] {
				options.Intermediates.AddCert(certificate)
			}
			_, err = state.PeerCertificates[0].Verify(options)
			return err
		},
	}
}

// trusted are the certificates of the system and of a file.
func trusted(file string) (*x509.CertPool, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // a container without any
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the certificates of --upstream-ca cannot be read: %w", err)
	}
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("the file of --upstream-ca, %s, holds no certificate in PEM", file)
	}
	return roots, nil
}
