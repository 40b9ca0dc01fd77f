"""The control plane: the conduit's life, who holds which shard, users and their tokens, which subscriptions exist.

A coordinator stands for election (`leadership`); elected, it leads a `term`, whose tasks `lead` starts. Decisions are pure
modules, each with a shell that does the I/O:

    what                        shell                                              decides
    who holds which shard       `control`: reads `workers`, asks for a `listing`,  `reconcile`, with `assignment`,
                                does each `binding`, writes the `ledger`           `parking`, `membership` and `pace`
    which conduit               `conduit`                                          `conduit_choice`
    how many shards             `resizing`                                         `wanted_count`, `scaling`, `count_plan`
    which subscriptions         `subscriptions`, over a `subscription_table`       `subscription_plan`
    what streams keep           `retention`                                        `margin`, of each of `group_margins`

The user's program is an `application`, hosted (`application_host`) in a thread of its own (`aside`). What Twitch says in
streams is followed by `tail`, `notices` of disabled shards among it. `helix` is the client of Twitch, with its calls
counted. People ask the `admin` API, of any coordinator.
"""
