package dynamodb_test

import (
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"testing"

	"github.com/brownoutdev/brownout/services/dynamodb"
)

var amounts = regexp.MustCompile(`"n":\{"N":"(-?\d+)"\}`)

func sumOf(t *testing.T, answer string) (sum, accounts int) {
	t.Helper()
	for _, m := range amounts.FindAllStringSubmatch(answer, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		sum += n
		accounts++
	}
	return sum, accounts
}

// TestTransactionsAreWhole moves money between few accounts from many sides: nobody meets a conflict, no
// reader sees half a transfer, and each token's transfer happens once, however often it is sent.
func TestTransactionsAreWhole(t *testing.T) {
	t.Parallel()
	const accounts, movers, rounds = 4, 6, 25
	for kind, open := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			s := start(t, open, dynamodb.Current)
			s.must("CreateTable", counters)
			gets := ""
			for i := range accounts {
				s.must("PutItem", fmt.Sprintf(`{"TableName":"Counters","Item":{"pk":{"S":"%d"},"n":{"N":"0"}}}`, i))
				gets += fmt.Sprintf(`,{"Get":{"TableName":"Counters","Key":{"pk":{"S":"%d"}}}}`, i)
			}
			var group sync.WaitGroup
			for mover := range movers {
				group.Go(func() {
					for round := range rounds {
						// Two movers share each token.
						body := fmt.Sprintf(`{"ClientRequestToken":"t-%[1]d-%[2]d","TransactItems":[
							{"Update":{"TableName":"Counters","Key":{"pk":{"S":"%[3]d"}},"UpdateExpression":"ADD n :n","ExpressionAttributeValues":{":n":{"N":"-1"}}}},
							{"Update":{"TableName":"Counters","Key":{"pk":{"S":"%[4]d"}},"UpdateExpression":"ADD n :n, moves :n","ExpressionAttributeValues":{":n":{"N":"1"}}}}]}`,
							mover/2, round, round%accounts, (round+1)%accounts)
						if status, answer := s.call("TransactWriteItems", body); status != 200 {
							t.Errorf("%d %s", status, answer)
						}
						status, answer := s.call("TransactGetItems", `{"TransactItems":[`+gets[1:]+`]}`)
						if sum, n := sumOf(t, answer); status != 200 || sum != 0 || n != accounts {
							t.Errorf("%d accounts hold %d: %d %s", n, sum, status, answer)
						}
					}
				})
			}
			group.Wait()
			moves := regexp.MustCompile(`"moves":\{"N":"(\d+)"\}`)
			total := 0
			for _, m := range moves.FindAllStringSubmatch(s.must("Scan", `{"TableName":"Counters"}`), -1) {
				n, err := strconv.Atoi(m[1])
				if err != nil {
					t.Fatal(err)
				}
				total += n
			}
			if want := movers / 2 * rounds; total != want {
				t.Errorf("%d transfers, want %d", total, want)
			}
		})
	}
}
