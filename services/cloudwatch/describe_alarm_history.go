package cloudwatch

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"slices"
	"time"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "DescribeAlarmHistory", (*Service).describeAlarmHistory) }

const historyOnPage = 50

type recorded struct {
	key  string // what orders it: time and number
	item AlarmHistoryItem
}

func (s *Service) describeAlarmHistory(r *services.Request, in *DescribeAlarmHistoryInput) (*DescribeAlarmHistoryOutput, error) {
	if in.AlarmContributorId != nil {
		return nil, notImplemented("contributors of alarms (AlarmContributorId)")
	}
	if in.StartDate != nil && in.EndDate != nil && in.EndDate.Before(*in.StartDate) {
		return nil, invalid("StartDate must be less than EndDate.")
	}
	asked := *in
	asked.MaxRecords, asked.NextToken = nil, nil
	page := token{List: "DescribeAlarmHistory", Of: hashOf(asked)}
	after, err := page.read(in.NextToken, "The parameter NextToken is invalid.", badToken)
	if err != nil {
		return nil, err
	}
	found, err := s.recorded(r, r.Call.Account, r.Call.Region, in)
	if err != nil {
		return nil, err
	}
	ascending := value(in.ScanBy) == "TimestampAscending"
	if !ascending {
		slices.Reverse(found)
	}
	size := historyOnPage
	if in.MaxRecords != nil {
		size = int(*in.MaxRecords)
	}
	out := &DescribeAlarmHistoryOutput{AlarmHistoryItems: []AlarmHistoryItem{}}
	last := ""
	for _, one := range found {
		if in.NextToken != nil && (ascending && one.key <= after || !ascending && one.key >= after) {
			continue
		}
		if len(out.AlarmHistoryItems) == size {
			out.NextToken = page.after(last)
			break
		}
		last = one.key
		out.AlarmHistoryItems = append(out.AlarmHistoryItems, one.item)
	}
	return out, nil
}

// recorded are the items that a request asks for, the oldest first.
func (s *Service) recorded(ctx context.Context, account, region string, in *DescribeAlarmHistoryInput) ([]recorded, error) {
	prefix := account + "\x00" + region + "\x00"
	if in.AlarmName != nil {
		prefix += *in.AlarmName + "\x00"
	}
	var found []recorded
	err := s.store.View(ctx, func(r store.Reader) error {
		return r.Scan(store.Prefix(s.metrics.key('h', prefix)), func(key, stored []byte) (bool, error) {
			var item AlarmHistoryItem
			if err := json.Unmarshal(stored, &item); err != nil {
				return false, err
			}
			if in.wants(&item) {
				found = append(found, recorded{string(key[len(key)-16:]) + value(item.AlarmName), item})
			}
			return true, nil
		})
	})
	slices.SortFunc(found, func(a, b recorded) int {
		if a.key < b.key {
			return -1
		}
		return 1
	})
	return found, err
}

// wants judges an item. Without types, metric alarms alone are meant, unless an alarm is named.
func (in *DescribeAlarmHistoryInput) wants(item *AlarmHistoryItem) bool {
	kinds := in.AlarmTypes
	if len(kinds) == 0 && in.AlarmName == nil {
		kinds = []string{"MetricAlarm"}
	}
	return (len(kinds) == 0 || slices.Contains(kinds, value(item.AlarmType))) &&
		(in.HistoryItemType == nil || *in.HistoryItemType == value(item.HistoryItemType)) &&
		(in.StartDate == nil || !item.Timestamp.Before(*in.StartDate)) && (in.EndDate == nil || !item.Timestamp.After(*in.EndDate))
}

// forgetHistory deletes items that are too old.
func (s *Service) forgetHistory(ctx context.Context, now time.Time) error {
	oldest := uint64(now.Add(-keptHistory).UnixMilli())
	var old [][]byte
	err := s.store.View(ctx, func(r store.Reader) error {
		return r.Scan(store.Prefix(s.metrics.key('h', "")), func(key, _ []byte) (bool, error) {
			if binary.BigEndian.Uint64(key[len(key)-16:]) < oldest {
				old = append(old, slices.Clone(key))
			}
			return true, nil
		})
	})
	if err != nil || len(old) == 0 {
		return err
	}
	return s.store.Update(ctx, nil, func(w store.Writer) error {
		for _, key := range old {
			if err := w.Delete(key); err != nil {
				return err
			}
		}
		return nil
	})
}
