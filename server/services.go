package server

import (
	"context"
	"errors"

	"github.com/brownoutdev/brownout/cluster/local"
	"github.com/brownoutdev/brownout/control"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb"
	"github.com/brownoutdev/brownout/services/fis"
	"github.com/brownoutdev/brownout/services/tagging"
)

// Prefixes keep what the parts store apart.
var (
	clusterPrefix  = []byte("cluster/")
	dynamodbPrefix = []byte("dynamodb/")
)

// parts are the services of a server and what runs behind them.
type parts struct {
	services []*services.Service
	// background runs beside the port, each until its context is done.
	background []func(context.Context) error
	// ready is closed when what runs in the background has taken up what the last run left: faults
	// that were in force are in force again before the first call is answered.
	ready []<-chan struct{}
	// identities knows what access keys sign with.
	identities identityParts
	// end stops what would go on with the next run, for servers that forget everything.
	end func(context.Context) error
	// experimentLog is what is kept of an experiment.
	experimentLog control.ExperimentLog
	close         func() error
}

// build makes all services that Brownout answers itself. A new service is added here.
func (s *Server) build(ids *random.Source) (parts, error) {
	state, err := local.New(s.store, clusterPrefix)
	if err != nil {
		return parts{}, err
	}
	wording := dynamodb.Current
	if s.config.ClassicDynamoDB {
		wording = dynamodb.Classic
	}
	tables, err := dynamodb.New(dynamodb.Config{
		Store: s.store, Prefix: dynamodbPrefix, Clock: s.clock, IDs: ids, Log: s.config.Log,
		Wording: wording, EnforceCapacity: s.config.EnforceDynamoDB,
		Faults: s.rules.View("dynamodb"),
	})
	if err != nil {
		return parts{}, errors.Join(err, state.Close())
	}
	identities, err := s.buildIdentity(ids)
	if err != nil {
		return parts{}, errors.Join(err, state.Close())
	}
	metrics, err := s.buildMetrics()
	if err != nil {
		return parts{}, errors.Join(err, state.Close())
	}
	written := s.buildLogs()
	experiments := fis.New(fis.Config{
		State: state, Clock: s.clock, Faults: s.rules, IDs: ids, Log: s.config.Log,
		Strict: s.config.FISStrict, Quotas: s.config.FISQuotas, Asker: asker{s},
		Remote: s.remote, Rates: s.rates(),
	})
	return parts{
		services:   append([]*services.Service{tables.Bind(), tables.BindStreams(), experiments.Bind(), metrics.Bind(), written.Bind(), tagging.New(asker{s}).Bind()}, identities.bind()...),
		identities: identities,
		end:        experiments.End,
		experimentLog: func(ctx context.Context, id string, from int) (any, bool, error) {
			return experiments.ExperimentLog(ctx, id, from)
		},
		background: []func(context.Context) error{experiments.Run, tables.Run, metrics.Run, written.Run},
		ready:      []<-chan struct{}{experiments.Ready(), metrics.Ready()},
		close:      state.Close,
	}, nil
}
