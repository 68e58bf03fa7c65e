namespace Lockkeeper.Tests.Unit.Kernel.Config.Clusters;

/// <summary>A declaration with every key in it.</summary>
internal static class ClusterSample
{
    public const string Full =
        """
        cluster: shop-prod
        engine: postgres
        version: 17
        environment: prod
        admin: "postgres://admin:${env:PROD_ADMIN_PASSWORD}@db.example.com/postgres"
        size: { memory: 16GB, cores: 4, disk: 500GB, disk_kind: ssd }
        profile: oltp
        parameters:
          log_min_duration_statement: 500ms
          shared_preload_libraries: "pg_stat_statements, pgaudit"
        roles:
          shop_owner:
          readers: {}
          app:
            login: true
            password: "${file:/run/secrets/app}"
            connection_limit: 40
            member_of: [readers]
            settings: { statement_timeout: 30s }
            settings_in: { shop: { work_mem: 64MB } }
          ada:
            login: true
            superuser: false
            createdb: false
            createrole: false
            replication: false
            bypassrls: false
            inherit: false
            valid_until: 2027-01-01T00:00:00Z
            member_of: [{ role: readers, admin: true, inherit: true, set: false }]
        databases:
          shop:
            owner: shop_owner
            encoding: UTF8
            locale: C.UTF-8
            template: template0
            connection_limit: 200
            settings: { timezone: UTC }
            extensions: { pg_trgm: { schema: extensions, version: "1.6" }, pgcrypto: }
            schemas: { app: { owner: shop_owner }, extensions: }
            grants:
              - { to: public, kind: database, privileges: [] }
              - { to: [app, readers], kind: database, privileges: connect }
              - { to: [app, readers], kind: schemas, names: app, privileges: usage }
              - { to: app, kind: tables, schema: app, privileges: [select, insert, update, delete] }
              - { to: readers, kind: tables, schema: app, names: [customers], columns: [id, name], privileges: select, grantable: false }
            default_privileges:
              - { creator: shop_owner, schema: app, kind: tables, to: app, privileges: [select, insert, update, delete], grantable: false }
            row_security:
              app.customers:
                enabled: true
                forced: true
                policies:
                  own: { command: all, to: app, restrictive: false, using: "tenant = current_setting('app.tenant')", check: "tenant = current_setting('app.tenant')" }
        exact: [grants]
        protect: true
        nodes:
          - { name: db1, host: db1.example.net, user: deploy, port: 2222, identity: .ssh/deploy, known_hosts: known_hosts, role: primary }
        instance:
          port: 5433
          data: /srv/postgres/shop
          layout: directory
          user: postgres
          service: systemd
          checksums: true
          encoding: UTF8
          locale: C.UTF-8
          start_timeout: 5m
          restart: wait
        access:
          - { type: hostssl, databases: shop, users: [app, +readers], address: 10.0.0.0/8, method: scram-sha-256 }
          - { type: hostssl, databases: [shop, postgres], users: ada, address: all, method: cert, options: { map: staff } }
        monitoring: { exporter: { role: app, port: 9188, listen: 127.0.0.1, database: postgres, folder: /srv/exporter/shop, user: postgres, service: auto }, labels: { team: shop }, targets_file: /etc/prometheus/targets/shop.json }
        backup:
          method: pgbackrest
          stanza: shop
          folder: /srv/backup/shop
          repositories:
            - { path: /var/lib/pgbackrest, cipher: "${file:/run/secrets/backup_pass}", retention: { full: 4, differential: 7, days: 14 } }
            - { path: /shop, s3: { bucket: shop, endpoint: s3.example.com, region: eu, key: "${env:BACKUP_KEY}", secret: "${env:BACKUP_SECRET}", path_style: true, ca: /etc/ssl/ca.pem } }
          compression: zst
          processes: 4
          schedule: { full: "0 3 * * sun", differential: "0 3 * * mon-sat", incremental: "0 */6 * * *", by: server, zone: Europe/Berlin }
          rpo: 5m
          rto: 30m
          archive_timeout: 30s
          archive_async: true
          on_hole: full
          before_migrations: restore-point
          drill: { every: 1d, cron: "0 5 * * sat", folder: /var/tmp/drills, sample_percent: 5 }
          checks:
            - { name: there are orders, database: shop, sql: "SELECT count(*) > 0 FROM orders", expect: t }
        tls: { certificate: tls/shop.crt, key: "${file:/run/secrets/shop.key}", ca: tls/clients.crt, self_signed: false, min_version: TLSv1.3 }
        pooler:
          engine: pgbouncer
          port: 6432
          listen: "*"
          mode: transaction
          max_client_conn: 2000
          default_pool_size: 40
          reserve: 10
          reserve_after: 1s
          databases: { shop: { mode: transaction, pool_size: 60, reserve: 2, max_connections: 100 } }
          users: { app: { mode: session, max_connections: 20 } }
          auth_user: pooler
          password: "${file:/run/secrets/pooler}"
          ignore_startup_parameters: [extra_float_digits, options]
          server_lifetime: 30m
          server_idle_timeout: 5m
          query_wait_timeout: 20s
          prepared_statements: 256
          tls: { certificate: tls/pooler.crt, key: "${file:/run/secrets/pooler.key}", ca: tls/clients.crt, mode: verify-full }
          parameters: { tcp_keepidle: 60 }
          server_host: 127.0.0.1
          server_port: 5433
          folder: /srv/pgbouncer/shop
          user: postgres
          service: systemd
        """;

    /// <summary>What RDS keeps.</summary>
    public const string Managed =
        """
        engine: rds-postgres
        admin: "postgres://deployer:${env:DEPLOYER_PASSWORD}@/postgres"
        managed:
          region: eu-west-1
          endpoint: https://rds.eu-west-1.amazonaws.com/
          profile: prod
          identifier: shop-prod
          adopted: false
          class: db.r6g.large
          version: "16.4"
          storage: 100GB
          max_storage: 500GB
          storage_type: gp3
          iops: 12000
          throughput: 500
          multi_az: true
          backup_days: 14
          backup_window: "03:00-04:00"
          maintenance_window: sun:05:00-sun:06:00
          port: 5432
          security_groups: [sg-0123456789abcdef0]
          subnet_group: private
          public: false
          encrypted: true
          kms_key: 1234abcd-12ab-34cd-56ef-1234567890ab
          deletion_protection: true
          performance_insights: true
          iam_auth: true
          logs: [postgresql, upgrade]
          tags: { team: payments }
          user: lockkeeper
          password: "${env:MASTER_PASSWORD}"
          database: shop
          ca: rds-ca-rsa2048-g1
          apply: window
          patience: 2h
        parameters: { work_mem: 64MB, shared_buffers: "{DBInstanceClassMemory/32768}" }
        backup:
          rpo: 10m
          rto: 1h
          schedule: { zone: Europe/Berlin }
          drill: { every: 7d, cron: "0 5 * * sat", class: db.t4g.medium }
          checks:
            - { name: there are orders, database: shop, sql: "SELECT count(*) > 0 FROM orders" }
        """;

    /// <summary>What Aurora keeps.</summary>
    public const string Aurora =
        """
        engine: aurora-postgres
        managed:
          region: eu-west-1
          class: db.r6g.large
          version: "16.4"
          parameter_group: shared-aurora16
          user: lockkeeper
          password: "${env:MASTER_PASSWORD}"
          instances:
            - { name: shop-prod-1, zone: eu-west-1a, tier: 0 }
            - { name: shop-prod-2, class: db.r6g.xlarge, zone: eu-west-1b, tier: 1 }
        """;
}
