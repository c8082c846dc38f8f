package disk

import (
	"fmt"
	"log/slog"
	"os"
)

// quiet is Pebble's logger.
type quiet struct{ logger *slog.Logger }

func (q quiet) Infof(format string, args ...any) {
	q.logger.Debug("storage: " + fmt.Sprintf(format, args...))
}

func (q quiet) Errorf(format string, args ...any) {
	q.logger.Error("storage: " + fmt.Sprintf(format, args...))
}

// Fatalf ends the process: Pebble counts on it when it could not write its log, and a write that was
// not stored must never be acknowledged. What was acknowledged before is safe.
func (q quiet) Fatalf(format string, args ...any) {
	q.logger.Error("storage failed; Brownout stops so that no write is acknowledged and then lost: " + fmt.Sprintf(format, args...))
	os.Exit(1)
}
