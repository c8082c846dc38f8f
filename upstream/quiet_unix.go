//go:build unix

package upstream

import (
	"net"
	"syscall"
	"time"
)

// isQuiet reports whether an idle connection is as it should be: open, and nothing has come in on it. An
// upstream that has closed it would else swallow a request, which may not be sent twice then.
func isQuiet(connection net.Conn, _ time.Duration) bool {
	plain, ok := connection.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := plain.SyscallConn()
	if err != nil {
		return false
	}
	quiet := false
	err = raw.Read(func(fd uintptr) bool {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK)
		quiet = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK || err == syscall.EINTR
		return true
	})
	return err == nil && quiet
}
