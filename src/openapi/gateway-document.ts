import { Injectable, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { stringify } from 'yaml';
import { ConfigStore, type GatewayConfig } from '../config/index.js';
import { publicDocument } from './public-document.js';

/** The OpenAPI document in both of its spellings. */
export interface WrittenDocument {
  readonly json: string;
  readonly yaml: string;
}

/** The OpenAPI document of the gateway; written anew when another configuration is in force. */
@Injectable()
export class GatewayDocument {
  #app: INestApplication | null = null;
  #internal: OpenAPIObject | null = null;
  readonly #written = new WeakMap<GatewayConfig, WrittenDocument>();

  constructor(private readonly store: ConfigStore) {}

  /** Called once the application is made: its controllers are what there is to document. */
  attach(app: INestApplication): void {
    this.#app = app;
  }

  /** @throws Error before `attach`. */
  get current(): WrittenDocument {
    const { config } = this.store.current;
    const known = this.#written.get(config);
    if (known) return known;
    const document = publicDocument(this.#scanned(), config);
    const written = { json: JSON.stringify(document), yaml: stringify(document, { aliasDuplicateObjects: false }) };
    this.#written.set(config, written);
    return written;
  }

  #scanned(): OpenAPIObject {
    if (!this.#app) throw new Error('The application was not attached to its document');
    this.#internal ??= SwaggerModule.createDocument(this.#app, new DocumentBuilder().setOpenAPIVersion('3.1.0').build());
    return this.#internal;
  }
}
