using System.Text;
using Lockkeeper.Kernel.Config.Shape.Clusters;

namespace Lockkeeper.Tests.Unit.Kernel.Config.Clusters;

/// <summary>Writes docs/reference/clusters.md from the declaration of the keys.</summary>
internal static class ClusterReferencePage
{
    public static string Text()
    {
        var page = new StringBuilder();
        page.Append(
            """
            # clusters/NAME.yaml

            <!-- Made from ClusterShape by ClusterSchemaTests: change the declaration, then run the test with LK_UPDATE_GOLDEN=1. -->

            Each file of the folder `clusters` beside `lockkeeper.yaml` declares a cluster as it should be; `include` in `lockkeeper.yaml` names other
            places. `lk provision plan`, `apply` and `drift` read them, `lk provision adopt` writes one from a cluster that exists. `docs/duties/provision.md` says how they are used.

            For completion and checks in an editor, run `lk schema --file cluster --output clusters/cluster.schema.json` and put this line at the top of the file:

            ```yaml
            # yaml-language-server: $schema=cluster.schema.json
            ```

            ## Example

            ```yaml

            """);
        page.Append(ClusterSample.Full).Append("\n```\n\nOne that RDS keeps, and one that Aurora keeps:\n\n```yaml\n").Append(ClusterSample.Managed).Append("\n```\n\n```yaml\n").Append(ClusterSample.Aurora).Append("\n```\n");
        foreach (var record in ClusterShape.Records)
            ConfigReferencePage.Add(page, ClusterShape.Root, record);
        return page.ToString();
    }
}
