package cli

import (
	"io"
	"log/slog"
	"os"
	"runtime"

	"github.com/lmittmann/tint"
)

// newLogger writes logs to standard error, so that standard output stays what scripts can read.
func (p *process) newLogger(format string, level slog.Level) *slog.Logger {
	if format == "auto" && p.coloured(p.stderr) {
		format = "coloured"
	}
	return slog.New(logHandler(format, p.stderr, level))
}

func logHandler(format string, to io.Writer, level slog.Level) slog.Handler {
	switch format {
	case "coloured":
		return tint.NewTextHandler(to, &tint.Options{Level: level, TimeFormat: "15:04:05.000"})
	case "json":
		return slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level})
	}
	return slog.NewTextHandler(to, &slog.HandlerOptions{Level: level})
}

func levelOf(name string) slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(name)); err != nil {
		panic(err) // the flag takes only names of levels
	}
	return level
}

// coloured is whether to use colours: on a terminal that has them, unless NO_COLOR is set (no-color.org).
func (p *process) coloured(to io.Writer) bool {
	file, ok := to.(*os.File)
	if !ok || p.env("NO_COLOR") != "" || p.env("TERM") == "dumb" {
		return false
	}
	if runtime.GOOS == "windows" && p.env("WT_SESSION") == "" && p.env("TERM") == "" {
		return false // the old console shows the codes as they are
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
