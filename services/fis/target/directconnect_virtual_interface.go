package target

import "context"

func init() {
	finds("aws:directconnect:virtual-interface", finder{kind: "directconnect:dxvif", list: func(ctx context.Context, q *Query) (list []candidate, err error) {
		items, err := q.list(ctx, "directconnect", "DescribeVirtualInterfaces", nil, pages{"nextToken", "nextToken"}, "VirtualInterfaces")
		if err != nil {
			return nil, err
		}
		for _, item := range documents(items) {
			list = append(list, candidate{arn: q.arn("directconnect", "dxvif/"+text(item, "virtualInterfaceId")), item: item, tags: tagsOf(item["tags"])})
		}
		return list, nil
	}})
}
