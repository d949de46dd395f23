"""What TensorBoard's own reader finds in the event file that test/inspect/event-file.test.ts writes.

    python3 -m venv venv && venv/bin/pip install tensorboard
    npx tsx test/golden/event-files.ts run && venv/bin/python -P test/golden/event_files.py run > test/golden/event-files.json

-P keeps the other scripts of this folder from being taken for the packages of their names.
"""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

accumulator = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "histograms": 0})
accumulator.Reload()
tags = accumulator.Tags()
read = {
    "scalars": {
        tag: [[e.step, e.wall_time, e.value] for e in accumulator.Scalars(tag)] for tag in tags["scalars"]
    },
    "histograms": {
        tag: [
            [e.step, {
                "min": e.histogram_value.min,
                "max": e.histogram_value.max,
                "num": e.histogram_value.num,
                "sum": e.histogram_value.sum,
                "sumSquares": e.histogram_value.sum_squares,
                "bucketLimit": list(e.histogram_value.bucket_limit),
                "bucket": list(e.histogram_value.bucket),
            }]
            for e in accumulator.Histograms(tag)
        ]
        for tag in tags["histograms"]
    },
}
print(json.dumps(read, indent=None, separators=(",", ":")))
