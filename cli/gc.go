package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// headroom is how much may be allocated between two garbage collections at least. With little data in
// memory Go would collect every 4 MB, which costs a third of the CPU of a busy server.
const headroom = 64 << 20

// tuneGC gives the garbage collector headroom while the heap is small. It changes nothing where the
// heap is large, or where the user has set GOGC.
func tuneGC(env func(string) string) {
	if env("GOGC") != "" {
		return
	}
	adjustGC()
	afterEachGC(adjustGC)
}

// afterEachGC calls f after every collection, for as long as the process lives.
func afterEachGC(f func()) {
	sentinel := new([16]byte) // collected by the next collection; large enough not to share a slot of the tiny allocator
	runtime.AddCleanup(sentinel, func(struct{}) {
		f()
		afterEachGC(f)
	}, struct{}{})
}

func adjustGC() {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	live := max(sample[0].Value.Uint64(), 4<<20)
	debug.SetGCPercent(int(max(100, headroom*100/live)))
}
