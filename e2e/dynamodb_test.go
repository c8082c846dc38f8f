package e2e

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
)

// createOrders makes a table with a sort key, a global and a local index.
func createOrders(t *testing.T, db *dynamodb.Client) {
	t.Helper()
	attribute := func(name string, kind types.ScalarAttributeType) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: kind}
	}
	keys := func(hash, sort string) []types.KeySchemaElement {
		return []types.KeySchemaElement{{AttributeName: &hash, KeyType: "HASH"}, {AttributeName: &sort, KeyType: "RANGE"}}
	}
	ok[*dynamodb.CreateTableOutput](t)(db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("Orders"), BillingMode: "PAY_PER_REQUEST", KeySchema: keys("customer", "number"),
		AttributeDefinitions: []types.AttributeDefinition{attribute("customer", "S"), attribute("number", "N"), attribute("state", "S"), attribute("day", "S")},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("by-state"), KeySchema: keys("state", "number"), Projection: &types.Projection{ProjectionType: "KEYS_ONLY"},
		}},
		LocalSecondaryIndexes: []types.LocalSecondaryIndex{{
			IndexName: aws.String("by-day"), KeySchema: keys("customer", "day"),
			Projection: &types.Projection{ProjectionType: "INCLUDE", NonKeyAttributes: []string{"total"}},
		}},
	}))
}

func number(value string) types.AttributeValue { return &types.AttributeValueMemberN{Value: value} }

// All ten types come back as they went in, numbers to 38 digits.
func TestTypesRoundTrip(t *testing.T) {
	t.Parallel()
	c := newSDK(start(t))
	createStudents(t, c)
	item := map[string]types.AttributeValue{
		"id": text("types"), "nothing": &types.AttributeValueMemberNULL{Value: true},
		"binary": &types.AttributeValueMemberB{Value: []byte{0, 1, 0xff}}, "empty": text(""), "yes": &types.AttributeValueMemberBOOL{Value: true},
		"large": number("99999999999999999999999999999999999999"), "small": number("-0.00000000000000000000000000000000000001"),
		"list":    &types.AttributeValueMemberL{Value: []types.AttributeValue{text("<&\"\\\u2028\U0001F600"), number("0"), &types.AttributeValueMemberL{Value: []types.AttributeValue{}}}},
		"map":     &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"with space": number("1.5")}},
		"texts":   &types.AttributeValueMemberSS{Value: []string{"a", "b"}},
		"numbers": &types.AttributeValueMemberNS{Value: []string{"-1", "2.5"}}, "binaries": &types.AttributeValueMemberBS{Value: [][]byte{{1}, {2}}},
	}
	ok[*dynamodb.PutItemOutput](t)(c.dynamodb().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("Students"), Item: item}))
	got := ok[*dynamodb.GetItemOutput](t)(c.dynamodb().GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: aws.String("Students"), Key: map[string]types.AttributeValue{"id": text("types")}, ConsistentRead: aws.Bool(true),
	})).Item
	if diff := cmp.Diff(item, got, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
		t.Errorf("the item came back changed (-put +got):\n%s", diff)
	}
}

// Queries on a table and its indexes, forwards and backwards, page by page.
func TestQueriesAndIndexes(t *testing.T) {
	t.Parallel()
	db := newSDK(start(t)).dynamodb()
	createOrders(t, db)
	var writes []types.WriteRequest
	for i := range 25 {
		writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: map[string]types.AttributeValue{
			"customer": text("c"), "number": number(fmt.Sprint(i*i - 50)), "state": text([]string{"open", "paid"}[i%2]), "day": text(fmt.Sprintf("%02d", 25-i)), "total": number("9.5"),
		}}})
	}
	batch := ok[*dynamodb.BatchWriteItemOutput](t)(db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"Orders": writes}}))
	if len(batch.UnprocessedItems) != 0 {
		t.Errorf("unprocessed: %v", batch.UnprocessedItems)
	}
	for _, q := range []struct {
		name, index, condition string
		values                 map[string]types.AttributeValue
		backwards              bool
		want                   int
	}{
		{"table", "", "customer = :c", map[string]types.AttributeValue{":c": text("c")}, false, 25},
		{"table, range", "", "customer = :c AND #n BETWEEN :a AND :b", map[string]types.AttributeValue{":c": text("c"), ":a": number("-50"), ":b": number("50")}, true, 11},
		{"global index", "by-state", "#s = :s", map[string]types.AttributeValue{":s": text("paid")}, true, 12},
		{"local index", "by-day", "customer = :c AND begins_with(#d, :d)", map[string]types.AttributeValue{":c": text("c"), ":d": text("1")}, false, 10},
	} {
		t.Run(q.name, func(t *testing.T) {
			in := &dynamodb.QueryInput{
				TableName: aws.String("Orders"), KeyConditionExpression: &q.condition, ExpressionAttributeValues: q.values,
				ScanIndexForward: aws.Bool(!q.backwards), Limit: aws.Int32(4), ExpressionAttributeNames: map[string]string{},
				ReturnConsumedCapacity: "TOTAL",
			}
			for placeholder, name := range map[string]string{"#n": "number", "#s": "state", "#d": "day"} {
				if strings.Contains(q.condition, placeholder) {
					in.ExpressionAttributeNames[placeholder] = name
				}
			}
			if len(in.ExpressionAttributeNames) == 0 {
				in.ExpressionAttributeNames = nil
			}
			if q.index != "" {
				in.IndexName = &q.index
			}
			seen := 0
			pages := dynamodb.NewQueryPaginator(db, in)
			for pages.HasMorePages() {
				page := ok[*dynamodb.QueryOutput](t)(pages.NextPage(t.Context()))
				seen += len(page.Items)
				if len(page.Items) > 4 || page.ConsumedCapacity == nil || *page.ConsumedCapacity.CapacityUnits <= 0 {
					t.Errorf("a page of %d items, consumed %+v", len(page.Items), page.ConsumedCapacity)
				}
				if q.index == "by-day" && len(page.Items) > 0 && (page.Items[0]["total"] == nil || page.Items[0]["state"] != nil) {
					t.Errorf("the projection is %v", page.Items[0])
				}
			}
			if seen != q.want {
				t.Errorf("%d items, want %d", seen, q.want)
			}
		})
	}
}

// A page ends at 1 MB, for queries and scans alike.
func TestPagesOfOneMegabyte(t *testing.T) {
	t.Parallel()
	db := newSDK(start(t)).dynamodb()
	createOrders(t, db)
	payload := text(strings.Repeat("x", 300_000))
	for i := range 7 {
		item := map[string]types.AttributeValue{"customer": text("c"), "number": number(fmt.Sprint(i)), "payload": payload}
		ok[*dynamodb.PutItemOutput](t)(db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("Orders"), Item: item}))
	}
	var sizes []int
	pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: aws.String("Orders")})
	for pages.HasMorePages() {
		sizes = append(sizes, len(ok[*dynamodb.ScanOutput](t)(pages.NextPage(t.Context())).Items))
	}
	// Whether the item that goes over 1 MB (1,048,576 bytes) is still in the page is the unit tests' affair.
	if !slices.Equal(sizes, []int{4, 3}) && !slices.Equal(sizes, []int{3, 3, 1}) {
		t.Errorf("pages of %v items, want a page to end at 1 MB", sizes)
	}
	_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("Orders"),
		Item: map[string]types.AttributeValue{"customer": text("c"), "number": number("99"), "payload": text(strings.Repeat("x", 400<<10))}})
	wantError(t, err, "ValidationException", 400, "Item size has exceeded the maximum allowed size")
}

// Update expressions, return values, and conditions that fail.
func TestUpdatesAndConditions(t *testing.T) {
	t.Parallel()
	c := newSDK(start(t))
	createStudents(t, c)
	update := &dynamodb.UpdateItemInput{
		TableName: aws.String("Students"), Key: getStudent().Key, ReturnValues: "ALL_NEW",
		UpdateExpression:         aws.String("SET grades = list_append(if_not_exists(grades, :none), :grade), #f = :f REMOVE #e ADD visits :one"),
		ConditionExpression:      aws.String("attribute_exists(id) AND size(#f) < :ten AND NOT contains(#f, :f)"),
		ExpressionAttributeNames: map[string]string{"#f": "first name", "#e": "enrolment date"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":none": &types.AttributeValueMemberL{}, ":grade": &types.AttributeValueMemberL{Value: []types.AttributeValue{number("1.0")}},
			":f": text("Augusta"), ":one": number("1"), ":ten": number("10"),
		},
	}
	got := ok[*dynamodb.UpdateItemOutput](t)(c.dynamodb().UpdateItem(t.Context(), update)).Attributes
	want := map[string]types.AttributeValue{
		"id": text("1"), "first name": text("Augusta"), "visits": number("1"), "grades": &types.AttributeValueMemberL{Value: []types.AttributeValue{number("1")}},
	}
	if diff := cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
		t.Errorf("ALL_NEW (-want +got):\n%s", diff)
	}
	_, err := c.dynamodb().UpdateItem(t.Context(), update)
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		t.Errorf("the second time: %v, want a ConditionalCheckFailedException", err)
	}
	update.UpdateExpression = aws.String("SET id = :f")
	_, err = c.dynamodb().UpdateItem(t.Context(), update)
	wantError(t, err, "ValidationException", 400, "")
	deleted := ok[*dynamodb.DeleteItemOutput](t)(c.dynamodb().DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
		TableName: aws.String("Students"), Key: getStudent().Key, ReturnValues: "ALL_OLD",
	}))
	if deleted.Attributes["visits"] == nil {
		t.Errorf("ALL_OLD: %v", deleted.Attributes)
	}
	batch := ok[*dynamodb.BatchGetItemOutput](t)(c.dynamodb().BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{"Students": {Keys: []map[string]types.AttributeValue{getStudent().Key}}},
	}))
	if len(batch.Responses["Students"]) != 0 || len(batch.UnprocessedKeys) != 0 {
		t.Errorf("a deleted item was found: %v", batch.Responses)
	}
}

// UpdateTable changes throughput, billing and deletion protection; a protected table stays.
func TestUpdateTable(t *testing.T) {
	t.Parallel()
	c := newSDK(start(t))
	createStudents(t, c)
	db, name := c.dynamodb(), aws.String("Students")
	protect := func(on bool) {
		t.Helper()
		ok[*dynamodb.UpdateTableOutput](t)(db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: name, DeletionProtectionEnabled: &on}))
	}
	protect(true)
	_, err := db.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: name})
	wantError(t, err, "ValidationException", 400, "deletion protection")
	protect(false)
	ok[*dynamodb.UpdateTableOutput](t)(db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: name, BillingMode: "PROVISIONED",
		ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(7), WriteCapacityUnits: aws.Int64(3)}}))
	eventually(t, "the table is provisioned", func() error {
		table, err := db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: name})
		if err == nil && (table.Table.TableStatus != "ACTIVE" || *table.Table.ProvisionedThroughput.ReadCapacityUnits != 7) {
			err = fmt.Errorf("%s %+v", table.Table.TableStatus, table.Table.ProvisionedThroughput)
		}
		return err
	})
	deleteStudents(t, c)
	_, err = db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: name})
	wantError(t, err, "ResourceNotFoundException", 400, "Students")
}
