using Lockkeeper.Kernel.Config.Shape;

namespace Lockkeeper.Kernel.Config.Verbs;

/// <summary>The lockkeeper.yaml that a project starts with. What stands in its comments is valid once the '# ' is taken away.</summary>
internal static class StartingFile
{
    public static string Text(string project, string migrations, string format) =>
        $$"""
        # The databases of this project, and the environments that a change goes through.
        # Help while typing: run 'lk schema --output lockkeeper.schema.json' and add this line at the top:
        #   # yaml-language-server: $schema=lockkeeper.schema.json
        project: {{Quoted(project)}}

        databases:
          {{project}}:
            engine: postgres
            migrations: {{Quoted(migrations)}}
            format: {{format}} # {{About(format)}}

        # In promotion order: a release goes from each environment to the next.
        # A target is a URL such as postgres://USER@HOST:5432/DATABASE. Keep passwords out of this file:
        # ${env:NAME}, ${file:PATH} and ${exec:COMMAND} are read when they are needed.
        environments:
          - name: dev
            targets: { {{project}}: "${env:DEV_URL}" }

          - name: staging
            targets: { {{project}}: "${env:STAGING_URL}" }
            # Commands that must pass here before a release may go on:
            # gates: [ { name: integration tests, run: ./run-tests, timeout: 10m } ]

          - name: prod
            targets: { {{project}}: "${env:PROD_URL}" }
            # What production usually wants as well:
            # approvals: { required: 1, groups: [dba] }
            # window: { days: mon-thu, from: "09:00", to: "16:00", zone: Europe/Berlin }
            # on_failure: rollback
            # health: { for: 2m, max_waiting: 20 }

        # Who may approve:
        # groups: { dba: [ada, grace] }

        """;

    private static string About(string format) => format switch
    {
        "flyway" => "V1__create_orders.sql",
        "plain" => "0001_create_orders.sql",
        "lockkeeper" => "0001_create_orders.up.sql, and 0001_create_orders.down.sql for the way back",
        _ => "found from the files",
    };

    /// <summary>A name or path as YAML: in quotes unless it is plain words, and not one that stands for nothing or a boolean.</summary>
    private static string Quoted(string path) =>
        path.Split('/').All(Names.IsName) && char.IsAsciiLetter(path[0]) && path is not ("null" or "true" or "false" or "yes" or "no" or "on" or "off")
            ? path
            : $"\"{path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
