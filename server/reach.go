package server

import (
	"fmt"
	"net"
)

// ReachError says that other machines could steer the server.
type ReachError struct{ Address string }

// Error implements error.
func (e *ReachError) Error() string {
	return fmt.Sprintf("other machines can reach %s, and could steer the server; set a token (--token or BROWNOUT_TOKEN), "+
		"or listen on 127.0.0.1, or let everybody in with --insecure-listen", e.Address)
}

// checkReach refuses an address that other machines can reach, unless a token or the user's word says
// that it is meant so.
func (c *Config) checkReach(address net.Addr) error {
	if tcp, ok := address.(*net.TCPAddr); ok && tcp.IP.IsLoopback() || c.Token != "" || c.InsecureListen {
		return nil
	}
	return &ReachError{address.String()}
}
