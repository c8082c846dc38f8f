package dynamodb

import (
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/expression"
)

func init() { services.Add(&operations, "Query", (*Service).query) }

// asked is what a Query or Scan asks for, as far as that shows without the table.
type asked struct {
	filter *condition
	// legacyFilter is true when the filter is a QueryFilter.
	legacyFilter bool
	project      *projection
	classic      bool                     // the words are the older ones; Query only
	keys         expression.KeyConditions // Query only
}

func (s *Service) query(r *services.Request, in *QueryInput) (*pageAnswer, error) {
	q, err := checkQuery(s.voice(bare), s.voice(enveloped), in)
	if err != nil {
		return nil, err
	}
	t, err := s.table(r, *in.TableName)
	if err != nil {
		return nil, err
	}
	rd, err := t.state.Load().query(q, in)
	if err != nil {
		return nil, err
	}
	rd.shorten(r)
	p, err := rd.run(r, s.reads(r, rd.st, rd.consistent))
	if err != nil {
		return nil, err
	}
	if err := s.limits(r).page(rd, p, rd.over.Start); err != nil {
		return nil, err
	}
	return rd.answer(p, in.ReturnConsumedCapacity, *in.TableName)
}

// checkQuery judges the request as far as it can without the table. What it says of Select is
// enveloped today, the rest is bare.
func checkQuery(v, ofSelect voice, in *QueryInput) (*asked, error) {
	if err := checkQueryMembers(v, in); err != nil {
		return nil, err
	}
	if err := v.mixed([]parameter{
		{"AttributesToGet", in.AttributesToGet != nil}, {"QueryFilter", in.QueryFilter != nil},
		{"ConditionalOperator", in.ConditionalOperator != nil},
		// KeyConditions may stand beside other expressions than that which replaced them.
		{"KeyConditions", in.KeyConditions != nil && in.KeyConditionExpression != nil},
	}, []parameter{
		{"ProjectionExpression", in.ProjectionExpression != nil}, {"FilterExpression", in.FilterExpression != nil},
		{"KeyConditionExpression", in.KeyConditionExpression != nil},
	}); err != nil {
		return nil, err
	}
	if err := v.conditionalOperator(in.ConditionalOperator, len(in.QueryFilter)); err != nil {
		return nil, err
	}
	legacy, err := v.legacyQuery(in)
	if err != nil {
		return nil, err
	}
	if err := in.ExclusiveStartKey.Validate(); err != nil {
		return nil, v.faultAfter(textStartKey+": ", err)
	}
	x := v.expressions(in.ExpressionAttributeNames, in.ExpressionAttributeValues)
	x.keyConditions(in.KeyConditionExpression)
	q := &asked{filter: x.filter(in.FilterExpression), project: x.projection(in.ProjectionExpression)}
	if err := x.end("FilterExpression and KeyConditionExpression are null"); err != nil {
		return nil, err
	}
	q.keys = x.keys
	if q.add(legacy); in.KeyConditionExpression == nil && in.KeyConditions == nil {
		return nil, v.request("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	if q.classic = v == older; q.classic && len(q.keys) > 2 && in.IndexName == nil {
		return nil, v.request(textConditions)
	}
	if q.project, err = v.project(q.project, in.AttributesToGet); err != nil {
		return nil, err
	}
	return q, ofSelect.checkSelect(in.Select, projecting(in.ProjectionExpression, in.AttributesToGet), in.IndexName)
}

// checkQueryMembers judges the members by the model's constraints.
func checkQueryMembers(v voice, in *QueryInput) error {
	if v == older {
		return olderQueryMembers(in)
	}
	var c constraints
	if c.dataTable(v, in.TableName) {
		return c.err()
	}
	c.length("indexName", in.IndexName, 3, 255)
	c.pattern("indexName", in.IndexName)
	if in.Limit != nil && *in.Limit < 1 {
		c.addToday("Limit", "Member must have value greater than or equal to 1")
	}
	c.oneOf("select", in.Select, enumSelect)
	c.oneOf("returnConsumedCapacity", in.ReturnConsumedCapacity, enumCapacity)
	c.legacyNames("attributesToGet", in.AttributesToGet)
	c.legacyConditions("keyConditions", in.KeyConditions)
	c.legacyConditions("queryFilter", in.QueryFilter)
	if err := v.unknownOperator(in.ConditionalOperator); err != nil && len(in.QueryFilter) > 1 {
		return err
	}
	return c.err()
}

// olderQueryMembers is checkQueryMembers in the order of the older layer.
func olderQueryMembers(in *QueryInput) error {
	var c constraints
	c.oneOf("select", in.Select, enumSelect)
	c.length("indexName", in.IndexName, 3, 255)
	c.pattern("indexName", in.IndexName)
	c.oneOf("returnConsumedCapacity", in.ReturnConsumedCapacity, enumCapacity)
	c.legacyConditions("queryFilter", in.QueryFilter)
	c.dataTable(older, in.TableName)
	c.oneOf("conditionalOperator", in.ConditionalOperator, enumConditional)
	c.legacyNames("attributesToGet", in.AttributesToGet)
	c.atLeast("limit", in.Limit, 1)
	c.legacyConditions("keyConditions", in.KeyConditions)
	return c.err()
}

// legacyQuery reads QueryFilter, then KeyConditions.
func (v voice) legacyQuery(in *QueryInput) (*asked, error) {
	q := new(asked)
	var err error
	if q.filter, err = v.filter(in.QueryFilter, in.ConditionalOperator); err != nil {
		return nil, err
	}
	if in.KeyConditions != nil {
		q.keys, err = v.keyConditions(in.KeyConditions)
	}
	return q, err
}

// add takes over what legacy parameters ask for.
func (q *asked) add(legacy *asked) {
	if legacy.filter != nil {
		q.filter, q.legacyFilter = legacy.filter, true
	}
	if legacy.keys != nil {
		q.keys = legacy.keys
	}
}

// project is the projection of AttributesToGet, if the request has it, else the one given.
func (v voice) project(p *projection, names []string) (*projection, error) {
	if names == nil {
		return p, nil
	}
	return v.attributesToGet(names)
}

// query turns the request into a reading by the table's schema.
func (st *state) query(q *asked, in *QueryInput) (*reading, error) {
	rd, err := st.reading(q, in.IndexName, in.Select, isTrue(in.ConsistentRead))
	if err != nil {
		return nil, err
	}
	keys := &st.keys
	space := st.space
	if rd.index != nil {
		keys, space = &rd.index.keys, rd.index.space
	}
	over, err := bindKeys(q.keys, keys, q.classic)
	if err != nil {
		return nil, err
	}
	if err := checkFilterKeys(q, keys); err != nil {
		return nil, err
	}
	rd.over = over.rangeIn(space)
	rd.over.Reverse = in.ScanIndexForward != nil && !*in.ScanIndexForward
	if in.Limit != nil {
		rd.limit = *in.Limit
	}
	if in.ExclusiveStartKey != nil {
		key, err := st.startKey(rd.index, in.ExclusiveStartKey)
		if err != nil {
			return nil, err
		}
		if err := over.checkStart(in.ExclusiveStartKey); err != nil {
			return nil, err
		}
		rd.over = startAfter(rd.over, key)
	}
	return rd, nil
}

// reading is what Query and Scan have in common.
func (st *state) reading(q *asked, indexName, selected *string, consistent bool) (*reading, error) {
	x, err := st.findIndex(indexName)
	if err != nil {
		return nil, err
	}
	if err := checkIndexRead(x, selected, consistent); err != nil {
		return nil, err
	}
	rd := &reading{st: st, index: x, consistent: consistent, countOnly: is(selected, selectCount)}
	if q.filter != nil {
		rd.matches = q.filter.holds
	}
	if q.project != nil {
		rd.project = q.project.of
	}
	if x == nil || x.all {
		return rd, nil
	}
	missing := q.project.beyond(x)
	switch {
	case missing != "" && x.global:
		return nil, invalidParameter("Global secondary index " + x.name + " does not project [" + missing + "]")
	case !x.global:
		rd.fetch = missing != "" || is(selected, selectAll)
	}
	return rd, nil
}
