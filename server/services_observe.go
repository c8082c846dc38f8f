package server

import (
	"github.com/brownoutdev/brownout/journal"
	"github.com/brownoutdev/brownout/services/cloudwatch"
	"github.com/brownoutdev/brownout/services/logs"
)

var (
	cloudwatchPrefix = []byte("cloudwatch/")
	logsPrefix       = []byte("logs/")
)

// buildMetrics makes CloudWatch, which alarms of experiments' stop conditions live in.
func (s *Server) buildMetrics() (*cloudwatch.Service, error) {
	return cloudwatch.New(cloudwatch.Config{
		Store: s.store, Prefix: cloudwatchPrefix, Clock: s.clock, Log: s.config.Log, Calls: s.rates(),
	})
}

// buildLogs makes CloudWatch Logs, which experiments write to.
func (s *Server) buildLogs() *logs.Service {
	return logs.New(logs.Config{Store: s.store, Prefix: logsPrefix, Clock: s.clock, Log: s.config.Log})
}

// rates are those of recent calls; nil where there is no journal (see Served).
func (s *Server) rates() *journal.Rates {
	if s.journal == nil {
		return nil
	}
	return s.journal.Rates()
}
