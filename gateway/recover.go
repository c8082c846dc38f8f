package gateway

import (
	"fmt"
	"net/http"
	"runtime/debug"
)

// recover turns a panic into InternalFailure: one broken call must not take the server down.
func (x *exchange) recover() {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p) // net/http ends the connection or the stream
	}
	x.gateway.Log.Error("A call panicked; please report this as a bug of Brownout.",
		"call", x.call.Name(), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if !x.written {
		x.fail(fmt.Errorf("panic: %v", p))
	}
}
