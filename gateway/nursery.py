"""The process that workers are copied from. It loads once what they need, so each of them is there at once.

``multiprocessing`` loads it, nobody else does: like its workers, this process ends when the gateway ends.
"""

import gc

from gateway import workers  # noqa: F401 To be loaded is all that is asked of these.
from gateway.services import (  # noqa: F401
    collect_in_worker,
    import_table_file,
    plan_notices,
    receive_advice,
    replay_in_worker,
    try_rule,
)
from gateway.services.limit_process import end_with_parent
from gateway.store import check  # noqa: F401

end_with_parent()
gc.freeze()  # The collector of a worker need not look at what is here, nor copy it by looking.
