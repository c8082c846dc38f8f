package fis

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/cluster"
)

// courier brings an experiment's log to where the template asks for, and its events to EventBridge. It
// works beside the experiment, which does not wait for it: only its entries are read.
type courier struct {
	service *Service
	key     string // of the experiment
	asking  *asking
	log     *slog.Logger
	wakes   chan struct{} // closed when the runner has gone
	ended   bool          // the experiment has; set before wakes is closed
	record  *experimentRecord
	// events is the number of the first entry whose event is not sent yet.
	events int
	warned map[string]bool
}

// deliveryRecord is there while the log of an experiment is not delivered to its end.
type deliveryRecord struct {
	// Delivered is how many entries CloudWatch Logs has got.
	Delivered int
	revision  int64
}

// deliveryTries is how often what cannot be delivered is tried again, each time a second later than the
// last, before it is given up.
const deliveryTries = 8

// logs reports whether the experiment is logged anywhere but here.
func (r *experimentRecord) logs() bool {
	l := r.Experiment.LogConfiguration
	return l != nil && (l.CloudWatchLogsConfiguration != nil || l.S3Configuration != nil)
}

// deliveryKey is the key of the experiment's deliveryRecord.
func (r *experimentRecord) deliveryKey() string {
	return r.key(deliveryKeys, value(r.Experiment.Id))
}

func newCourier(s *Service, key string, r *experimentRecord, a *asking, log *slog.Logger) *courier {
	return &courier{
		service: s, key: key, asking: a, log: log, wakes: make(chan struct{}, 1), record: r, events: r.Entries, warned: map[string]bool{},
	}
}

// wake says that there are new entries.
func (c *courier) wake() {
	select {
	case c.wakes <- struct{}{}:
	default:
	}
}

// leave says that the runner has gone, and whether the experiment has ended.
func (c *courier) leave(ended bool) {
	c.ended = ended
	close(c.wakes)
}

// run delivers until the experiment has ended and everything is delivered, or the term is over.
func (c *courier) run(term context.Context) {
	for more := true; more; {
		select {
		case _, more = <-c.wakes:
		case <-term.Done():
			return
		}
		if more || c.ended {
			c.deliver(term)
		}
	}
	if c.ended {
		c.finish(term)
	}
}

// deliver brings away what is new.
func (c *courier) deliver(term context.Context) {
	entries, err := c.service.entriesOf(term, c.key, 0)
	if err != nil {
		c.warn(term, "entries", "the log of an experiment could not be read", err)
		return
	}
	c.sendEvents(term, entries)
	if l := c.record.Experiment.LogConfiguration; l == nil || l.CloudWatchLogsConfiguration == nil {
		return
	}
	delivery, err := c.delivery(term)
	if err != nil || delivery == nil {
		return
	}
	if delivery.Delivered = c.putLogEvents(term, entries, delivery.Delivered); term.Err() != nil {
		return
	}
	c.keep(term, delivery)
}

// finish writes the log to S3 when the experiment has ended, and forgets the delivery.
func (c *courier) finish(term context.Context) {
	if !c.record.logs() || term.Err() != nil {
		return
	}
	delivery, err := c.delivery(term)
	if err != nil || delivery == nil {
		return
	}
	entries, err := c.service.entriesOf(term, c.key, 0)
	if err != nil {
		c.warn(term, "entries", "the log of an experiment could not be read", err)
		return
	}
	if s3 := c.record.Experiment.LogConfiguration.S3Configuration; s3 != nil {
		c.try(term, "the log of an experiment could not be written to the S3 bucket "+value(s3.BucketName), func() error {
			_, err := c.asking.ask(term, c.asking.Account, "s3", "PutObject", c.object(s3, entries))
			return err
		})
	}
	if term.Err() != nil {
		return
	}
	if _, err := c.service.State.Commit(term, cluster.Transaction{
		If:   []cluster.Condition{{Key: c.record.deliveryKey(), Revision: delivery.revision}},
		Then: []cluster.Write{{Key: c.record.deliveryKey(), Delete: true}},
	}); err != nil {
		c.warn(term, "state", "what was delivered of an experiment's log could not be stored", err)
	}
}

// delivery is nil when everything is delivered, or the experiment is gone.
func (c *courier) delivery(ctx context.Context) (*deliveryRecord, error) {
	delivery, revision, ok, err := load[deliveryRecord](ctx, c.service.State, c.record.deliveryKey())
	if err != nil {
		c.warn(ctx, "state", "what was delivered of an experiment's log could not be read", err)
		return nil, err
	}
	if !ok {
		return nil, nil
	}
	delivery.revision = revision
	return delivery, nil
}

func (c *courier) keep(term context.Context, delivery *deliveryRecord) {
	if _, err := c.service.State.Commit(term, cluster.Transaction{
		If:   []cluster.Condition{{Key: c.record.deliveryKey(), Revision: delivery.revision}},
		Then: []cluster.Write{{Key: c.record.deliveryKey(), Value: encode(delivery)}},
	}); err != nil {
		c.warn(term, "state", "what was delivered of an experiment's log could not be stored", err)
	}
}

// maxLogEvents is how many records one call brings to CloudWatch Logs; it takes 10,000.
const maxLogEvents = 500

// putLogEvents brings the records from a number on to CloudWatch Logs, and answers up to which it has come.
func (c *courier) putLogEvents(term context.Context, entries []Entry, from int) (to int) {
	group, _ := parseLogGroup(value(c.record.Experiment.LogConfiguration.CloudWatchLogsConfiguration.LogGroupArn))
	for from < len(entries) {
		to = min(len(entries), from+maxLogEvents)
		var events []any
		for _, e := range entries[from:to] {
			if e.Log != nil {
				events = append(events, aws.Document{"timestamp": e.Time.UnixMilli(), "message": string(e.Log)})
			}
		}
		if len(events) > 0 {
			c.try(term, "the log of an experiment could not be brought to the log group "+group.name, func() error {
				out, err := c.asking.askIn(term, c.asking.Account, group.region, "logs", "PutLogEvents", aws.Document{
					"logGroupName": group.name, "logStreamName": logStream(c.asking.experiment), "logEvents": events,
				})
				if rejected, ok := out["rejectedLogEventsInfo"]; ok && err == nil && !c.warned["rejected"] {
					c.warned["rejected"] = true
					c.log.Warn("CloudWatch Logs did not take records of an experiment's log: its time is not that of the moved clock", "rejected", rejected)
				}
				return err
			})
		}
		if term.Err() != nil {
			return from
		}
		from = to
	}
	return from
}

// try tries again what may be there later, and gives up with a warning.
func (c *courier) try(term context.Context, warning string, do func() error) {
	for tries := range deliveryTries {
		err := do()
		if err == nil || term.Err() != nil {
			return
		}
		var e *aws.Error
		if errors.As(err, &e) && (e.Status < 500 || e.Status == 501) && e.Status != 429 || tries == deliveryTries-1 {
			c.warn(term, warning, warning, err)
			return
		}
		if (clock.Real{}).Sleep(term, time.Duration(tries+1)*time.Second) != nil {
			return
		}
	}
}

func (c *courier) warn(term context.Context, what, warning string, err error) {
	if term.Err() == nil && !c.warned[what] {
		c.warned[what] = true
		c.log.Warn(warning, "error", err)
	}
}

// sendEvents sends the events that are new to the default bus, if anybody serves EventBridge. What
// does not arrive is lost, as with AWS.
func (c *courier) sendEvents(term context.Context, entries []Entry) {
	var events []any
	for _, e := range entries {
		if e.Number >= c.events && e.Event != nil {
			events = append(events, e.event())
		}
	}
	c.events = len(entries)
	const most = 10 // of PutEvents
	for len(events) > 0 && !c.service.engine.noEvents.Load() {
		part := events[:min(most, len(events))]
		events = events[len(part):]
		out, err := c.asking.ask(term, c.asking.Account, "events", "PutEvents", aws.Document{"Entries": part})
		var e *aws.Error
		if errors.As(err, &e) && e.Status == 501 {
			c.service.engine.noEvents.Store(true)
			return
		}
		if refused, _ := out["FailedEntryCount"].(int64); err == nil && refused > 0 {
			err = fmt.Errorf("%d events were refused: %v", refused, out["Entries"])
		}
		if err != nil {
			c.warn(term, "events", "events of an experiment could not be sent to EventBridge", err)
		}
	}
}

// object is the experiment's log as FIS writes it to S3.
func (c *courier) object(to *ExperimentS3LogConfiguration, entries []Entry) aws.Document {
	var body []byte
	for _, e := range entries {
		if e.Log != nil {
			body = append(append(body, e.Log...), '\n')
		}
	}
	r := c.record
	at := r.Experiment.StartTime.UTC()
	id := value(r.Experiment.Id)
	key := fmt.Sprintf("AWSLogs/%s/fis/%s/%s/%s/%s_awsfislogs_%s_%s_%sZ_%08x.log",
		r.Account, r.Region, id, at.Format("2006/01/02"), r.Account, r.Region, id, at.Format("200601021504"), crc32.ChecksumIEEE([]byte(id)))
	if prefix := strings.Trim(value(to.Prefix), "/"); prefix != "" {
		key = prefix + "/" + key
	}
	return aws.Document{"Bucket": value(to.BucketName), "Key": key, "Body": body, "ContentType": "text/plain"}
}

// deliverRest takes up the logs of experiments that had ended before they were delivered.
func (e *engine) deliverRest(term context.Context) {
	entries, _, err := e.service.State.List(term, deliveryKeys)
	if err != nil {
		return // the engine reads the state again, and says so
	}
	for _, entry := range entries {
		key := experimentKeys + strings.TrimPrefix(entry.Key, deliveryKeys)
		record, _, ok, err := load[experimentRecord](term, e.service.State, key)
		if err != nil || !ok || !isFinal(record.status()) {
			continue // of active ones the runner takes care
		}
		c := newCourier(e.service, key, record, newAsking(e.service, record), e.service.Log.With("experiment", value(record.Experiment.Id)))
		c.leave(true)
		e.deliver(term, c)
	}
}
